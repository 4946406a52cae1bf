import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Change, type Device, type Devices, type DeviceWithProduct, FEED, type History } from './api';

const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;

// What this feed has said of each device. An answer that was read before and arrives after is brought up to it.
const latest = new Map<string, Change>();

/** Keeps what is shown up to date while somebody looks at it. Answers whether the feed is alive. */
export function useFeed(): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: number | undefined;
    let retry = FIRST_RETRY;
    const close = () => {
      window.clearTimeout(timer);
      source?.close();
      source = undefined;
    };
    const open = () => {
      close();
      latest.clear();
      source = new EventSource(FEED);
      source.addEventListener('ready', () => {
        retry = FIRST_RETRY;
        setLive(true);
        for (const key of ['devices', 'device', 'history']) void client.invalidateQueries({ queryKey: [key] });
      });
      source.addEventListener('change', (e) => apply(client, JSON.parse((e as MessageEvent<string>).data) as Change));
      source.addEventListener('error', () => {
        setLive(false);
        close();
        // Perhaps the session has ended: asking who we are shows the sign-in page then.
        void client.invalidateQueries({ queryKey: ['me'] });
        timer = window.setTimeout(open, retry * (0.5 + Math.random()));
        retry = Math.min(retry * 2, LAST_RETRY);
      });
    };
    // A browser has few connections per server: a tab that nobody sees holds none.
    const see = () => (document.hidden ? close() : open());
    see();
    document.addEventListener('visibilitychange', see);
    return () => {
      document.removeEventListener('visibilitychange', see);
      close();
    };
  }, [client]);
  return live;
}

/** A device that was read, with what the feed has said since. */
export function freshen(device: Device): Device {
  const change = latest.get(device.id);
  return change ? merge(device, change) : device;
}

/** Puts a device that was just read into everything that shows it. */
export function putDevice(client: QueryClient, device: Device) {
  patch(client, device.id, (old) => (isOlder(device, old) ? old : freshen(device)));
}

function apply(client: QueryClient, change: Change) {
  const known = latest.get(change.device);
  latest.set(change.device, { ...change, online: change.online ?? known?.online, version: Math.max(change.version, known?.version ?? 0), values: { ...known?.values, ...change.values } });
  patch(client, change.device, (old) => merge(old, change));
  for (const [name, value] of Object.entries(change.values)) {
    client.setQueriesData<History>({ queryKey: ['history', change.device, name] }, (old) =>
      old && { ...old, points: [...old.points, { time: value.time, value: value.value }] });
  }
}

function patch(client: QueryClient, id: string, update: (old: Device) => Device) {
  client.setQueriesData<Devices>({ queryKey: ['devices'] }, (old) =>
    old && { ...old, devices: old.devices.map((d) => (d.id === id ? update(d) : d)) });
  client.setQueryData<DeviceWithProduct>(['device', id], (old) => old && { ...old, device: update(old.device) });
}

function isOlder(a: { epoch: number; version: number }, b: { epoch: number; version: number }) {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.version < b.version);
}

function merge(old: Device, change: Change): Device {
  if (change.epoch < old.epoch) return old;
  const seen = change.online === undefined || change.time < (old.lastSeen ?? 0) ? {} : { online: change.online, lastSeen: change.time };
  const values = isOlder(old, change) ? { ...old.values, ...change.values } : old.values;
  return { ...old, ...seen, values, epoch: change.epoch, version: Math.max(old.version, change.version) };
}
