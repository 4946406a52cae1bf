import type { Json, Product, Property } from './api';

/** How a person sets a property, if he may. */
export type ControlKind = 'switch' | 'slider' | 'choice' | 'none';

const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

export function controlOf(property: Property): ControlKind {
  if (!property.access.includes('w')) return 'none';
  if (onOff(property)) return 'switch';
  if (property.type === 'enum' && property.values?.length) return 'choice';
  return isNumber(property) && property.min !== undefined && property.max !== undefined ? 'slider' : 'none';
}

/** The values that mean on and off, of a bool or of an enumeration of on and off. */
export function onOff(property: Property): { on: Json; off: Json } | undefined {
  if (property.type === 'bool') return { on: true, off: false };
  if (property.type !== 'enum' || property.values?.length !== 2) return undefined;
  const find = (word: string) => property.values?.find((v) => String(v.value).toLowerCase() === word)?.value;
  const on = find('on');
  const off = find('off');
  return on === undefined || off === undefined ? undefined : { on, off };
}

export const isNumber = (property: Property) => property.type === 'int' || property.type === 'double';

/** Values that hold until the next one: drawn as steps. */
export const isStepped = (property: Property) => property.type === 'bool' || property.type === 'enum';

export function toNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** What people read for a value. */
export function textOf(property: Property | undefined, value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  const named = property?.values?.find((v) => v.value === value);
  if (named) return named.title;
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  const number = property && isNumber(property) ? toNumber(value) : typeof value === 'number' ? value : undefined;
  if (number !== undefined) return property?.unit ? `${numbers.format(number)} ${property.unit}` : numbers.format(number);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The properties of a product, and behind them whatever else the device has reported. */
export function allProperties(product: Product, values: Record<string, unknown>): Property[] {
  const known = new Set(product.properties.map((p) => p.name));
  const others = Object.keys(values).filter((name) => !known.has(name)).sort();
  return [...product.properties, ...others.map((name): Property => ({ name, title: name, type: 'text', access: 'r' }))];
}

export const dateOf = (time: number) => dates.format(time);

export function agoOf(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000);
  if (seconds > -10) return 'just now';
  if (seconds > -60) return relative.format(seconds, 'second');
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  return seconds > -86_400 ? relative.format(Math.round(seconds / 3600), 'hour') : relative.format(Math.round(seconds / 86_400), 'day');
}

/** camelCase as words: "reOnline" is "re online". */
export const wordsOf = (word: string) => word.replace(/([A-Z])/g, ' $1').toLowerCase();
