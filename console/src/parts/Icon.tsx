const PATHS = {
  auto: 'M12 3a9 9 0 1 0 0 18V3z M12 3a9 9 0 0 1 0 18',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  light: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.4 1.4 M17.6 17.6L19 19 M5 19l1.4-1.4 M17.6 6.4L19 5',
  menu: 'M4 7h16 M4 12h16 M4 17h16',
  lamp: 'M9 18h6 M10 21h4 M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.3 1 2.1h5c0-.8.4-1.6 1-2.1A6 6 0 0 0 12 3z',
  plug: 'M9 3v5 M15 3v5 M6 8h12v3a6 6 0 0 1-12 0z M12 17v4',
  heat: 'M14 14.5V5a2 2 0 0 0-4 0v9.5a4 4 0 1 0 4 0z M12 9v8',
  meter: 'M4 18a8 8 0 1 1 16 0 M12 18l4-6',
  thing: 'M5 5h14v14H5z M9 9h6v6H9z',
} as const;

export type IconName = keyof typeof PATHS;

const CATEGORIES: [RegExp, IconName][] = [
  [/light|lamp|bulb|dimm/i, 'lamp'],
  [/switch|plug|outlet|socket/i, 'plug'],
  [/thermo|heat|climate|temper/i, 'heat'],
  [/meter|sensor|power|energy/i, 'meter'],
];

/** The picture of a product's category. */
export const iconOf = (category: string): IconName => CATEGORIES.find(([words]) => words.test(category))?.[1] ?? 'thing';

/** A picture that says nothing by itself. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
