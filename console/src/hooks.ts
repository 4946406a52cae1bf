import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, type Json } from './api';
import { putDevice } from './feed';

/** The present time, often enough for "5 min ago". */
export function useNow(every = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
}

/** Names the page in the browser. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Irori` : 'Irori';
  }, [title]);
}

export type Command = {
  /** What was asked and is not yet answered, by property. */
  pending: Record<string, Json>;
  /** Why the last command was not obeyed, or nothing. */
  error: string;
  send: (property: string, value: Json) => Promise<void>;
};

/** Sends commands to one device, one at a time per property; of those asked meanwhile only the newest is sent. */
export function useCommand(device: string): Command {
  const client = useQueryClient();
  const [pending, setPending] = useState<Record<string, Json>>({});
  const [error, setError] = useState('');
  const wanted = useRef(new Map<string, Json>());
  const running = useRef(new Set<string>());

  const send = async (property: string, value: Json) => {
    setPending((old) => ({ ...old, [property]: value }));
    setError('');
    wanted.current.set(property, value);
    if (running.current.has(property)) return;
    running.current.add(property);
    try {
      for (let next = wanted.current.get(property); next !== undefined; next = wanted.current.get(property)) {
        wanted.current.delete(property);
        putDevice(client, (await api.command(device, { [property]: next })).device);
      }
    } catch (e) {
      wanted.current.delete(property);
      setError(e instanceof Error ? e.message : String(e));
    } finally {
      running.current.delete(property);
      setPending(({ [property]: _, ...rest }) => rest);
    }
  };

  return { pending, error, send };
}
