// The console's HTTP API, typed as the server answers it. Times are milliseconds since 1970.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Me = { id: string; name: string; email?: string; phone?: string; operator: boolean; outbox: boolean };
export type Room = { id: string; name: string };
export type Home = { id: string; name: string; role: 'owner' | 'member'; rooms: Room[] };
export type Homes = { current: string; homes: Home[] };
export type Person = { id: string; name: string; login?: string; since?: number };
export type Invitation = { id: string; home: string; name: string; login?: string; created: number; until: number };
export type Members = { role: 'owner' | 'member'; owner: Person; members: Person[]; invitations: Invitation[] };
export type Value = { value: Json; time: number };
export type Values = Record<string, Value>;
export type Property = {
  name: string;
  title: string;
  type: 'bool' | 'int' | 'double' | 'text' | 'enum' | 'date' | 'struct' | 'array';
  access: string;
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  values?: { value: Json; title: string }[];
};
export type Product = { id: string; name: string; model: string; brand: string; category: string; properties: Property[] };
export type Device = {
  id: string;
  name: string;
  homeId?: string;
  roomId?: string;
  product: string;
  online: boolean;
  lastSeen?: number;
  epoch: number;
  version: number;
  values: Values;
};
export type DeviceWithProduct = { device: Device; product: Product };
export type Devices = { devices: Device[]; products: Product[] };
export type Change = { device: string; online?: boolean; time: number; epoch: number; version: number; values: Values };
export type Point = { time: number; value: Json };
export type History = { from: number; to: number; points: Point[]; complete: boolean };
export type Message = { id: number; time: number; to: string; purpose: string; code: string; text: string };
export type Found = {
  id: string;
  name: string;
  product: string;
  model: string;
  brand: string;
  category: string;
  lifecycle: string;
  online: boolean;
  lastSeen?: number;
};
export type FoundPage = { devices: Found[]; next?: string };
export type AppEntry = { id: string; dialect: string; kind: string; disabled: boolean; redirects: string[] };
export type AppPage = { apps: AppEntry[]; next?: string };
export type ProductChoice = { id: string; name: string; model: string };
export type Release = {
  id: string;
  product: ProductChoice;
  model: string;
  version: string;
  created: number;
  files: { name: string; size: number; digest: string }[];
};
export type ReleasePage = { releases: Release[]; next?: string };
export type Inspection = {
  device: Found;
  source: string;
  created: number;
  activated?: number;
  owner?: string;
  link?: { online: boolean; node: string; opened: number; closed?: number; ip?: string; protocol: string; epoch: number };
  names: { dialect: string; kind: string; value: string }[];
  frames: { time: number; direction: 'in' | 'out'; ip?: string; account?: string; app?: string; text?: string; hex?: string }[];
  commands: {
    id: string;
    time: number;
    account: string;
    app: string;
    source: string;
    ip?: string;
    body: string;
    outcome: string;
    outcomeTime: number;
    answer?: string;
  }[];
  presence: { time: number; kind: string; ip?: string; epoch: number; reason: string }[];
};

/** Why the server did not do it: a word for the program and a sentence for the person. */
export class ApiError extends Error {
  constructor(
    readonly kind: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

export const FEED = '/console/api/feed';

const PAGE_LIMIT = 40;

async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const changing = method !== 'GET';
  const form = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(`/console/api${path}`, {
      method,
      signal,
      // What kind of form it is, and where its parts end, the browser says itself.
      headers: changing ? { ...(form ? {} : { 'Content-Type': 'application/json' }), 'X-Irori-Console': '1' } : {},
      body: body === undefined || form ? body : JSON.stringify(body),
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError('unreachable', 'The server cannot be reached');
  }

  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  const error = answer?.error;
  throw new ApiError(error?.kind ?? 'failed', error?.message ?? `The server answered with status ${response.status}`, error?.field);
}

const id = encodeURIComponent;

export const api = {
  me: () => call<Me>('GET', '/session').catch((e: unknown) => (e instanceof ApiError && e.kind === 'notSignedIn' ? null : Promise.reject(e))),
  signIn: (login: string, password: string) => call<Me>('POST', '/session', { login, password }),
  signOut: () => call<object>('DELETE', '/session'),
  homes: () => call<Homes>('GET', '/homes'),
  members: (home: string) => call<Members>('GET', `/homes/${id(home)}/members`),
  invite: (home: string, login: string) => call<object>('POST', `/homes/${id(home)}/members`, { login }),
  removeMember: (home: string, account: string) => call<object>('DELETE', `/homes/${id(home)}/members/${id(account)}`),
  leave: (home: string) => call<object>('DELETE', `/homes/${id(home)}/membership`),
  invitations: () => call<{ invitations: Invitation[] }>('GET', '/invitations'),
  answer: (invitation: string, accept: boolean) => call<object>('POST', `/invitations/${id(invitation)}`, { accept }),
  withdraw: (invitation: string) => call<object>('DELETE', `/invitations/${id(invitation)}`),
  device: (device: string) => call<DeviceWithProduct>('GET', `/devices/${id(device)}`),
  command: (device: string, properties: Record<string, Json>) =>
    call<{ outcome: string; device: Device }>('POST', `/devices/${id(device)}/command`, { properties }),
  outbox: () => call<{ messages: Message[] }>('GET', '/operator/outbox'),
  find: (text: string, after: string) => call<FoundPage>('GET', `/operator/devices?text=${id(text)}&after=${id(after)}`),
  inspect: (device: string) => call<Inspection>('GET', `/operator/devices/${id(device)}`),
  apps: (after: string) => call<AppPage>('GET', `/operator/apps?after=${id(after)}`),
  addRedirect: (app: string, uri: string) => call<object>('POST', `/operator/apps/${id(app)}/redirects`, { uri }),
  removeRedirect: (app: string, uri: string) => call<object>('DELETE', `/operator/apps/${id(app)}/redirects?uri=${id(uri)}`),
  firmware: (after: string) => call<ReleasePage>('GET', `/operator/firmware?after=${id(after)}`),
  removeFirmware: (release: string) => call<object>('DELETE', `/operator/firmware/${id(release)}`),
  addFirmware(product: string, model: string, version: string, files: File[]) {
    const form = new FormData();
    form.set('product', product);
    form.set('model', model);
    form.set('version', version);
    for (const file of files) form.append('file', file);
    return call<Release>('POST', '/operator/firmware', form);
  },

  /** All products, page by page. */
  async products(): Promise<ProductChoice[]> {
    const all: ProductChoice[] = [];
    let after = '';
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const answer = await call<{ products: ProductChoice[]; next?: string }>('GET', `/operator/products?after=${id(after)}`);
      all.push(...answer.products);
      if (!answer.next) break;
      after = answer.next;
    }
    return all;
  },

  /** All devices of a home, page by page. */
  async devices(home: string, signal?: AbortSignal): Promise<Devices> {
    const all: Devices = { devices: [], products: [] };
    let after = '';
    for (let page = 0; page < PAGE_LIMIT; page++) {
      const answer = await call<Devices & { next?: string }>('GET', `/homes/${id(home)}/devices?limit=500${after}`, undefined, signal);
      all.devices.push(...answer.devices);
      all.products.push(...answer.products.filter((p) => !all.products.some((known) => known.id === p.id)));
      if (!answer.next) break;
      after = `&after=${id(answer.next)}`;
    }
    return all;
  },

  /** The points of the last milliseconds, page by page, by time; not complete when there are more than a plot can hold. */
  async history(device: string, property: string, last: number, signal?: AbortSignal): Promise<History> {
    const to = Date.now();
    const from = to - last;
    const points: Point[] = [];
    let after = '';
    let complete = false;
    for (let page = 0; page < PAGE_LIMIT && !complete; page++) {
      const query = `property=${id(property)}&from=${from}&to=${to + 60_000}${after}`;
      const answer = await call<{ points: Point[]; next?: string }>('GET', `/devices/${id(device)}/history?${query}`, undefined, signal);
      points.push(...answer.points);
      complete = !answer.next;
      after = `&after=${id(answer.next ?? '')}`;
    }
    return { from, to, points: points.sort((a, b) => a.time - b.time), complete };
  },
};
