import 'uplot/dist/uPlot.min.css';
import { Button, Center, Table, Text, useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { History, Json, Point, Property } from '../api';
import { dateOf, isNumber, isStepped, onOff, textOf, toNumber } from '../values';
import { Empty } from './Notes';

const HEIGHT = 280;
const FEW = 60;
const ROWS = 100;

type Series = { from: number; to: number; times: number[]; values: number[]; levels: Json[] };

const seconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const minutes = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A property over time: numbers as a line, everything else as steps between its values. */
export function Plot({ property, history, range }: { property: Property; history: History; range: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme('light');
  const series = useMemo(() => seriesOf(property, history), [property, history]);
  const latest = useRef(series);
  latest.current = series;
  const levels = series.levels.length;
  const few = series.times.length <= FEW;

  useEffect(() => {
    const element = frame.current!;
    const shown = new uPlot(optionsOf(property, latest, element.clientWidth, few), dataOf(latest.current), element);
    plot.current = shown;
    const resize = new ResizeObserver(() => shown.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      shown.destroy();
      plot.current = undefined;
    };
    // A number of levels or a colour scheme of its own needs other axes; new points do not.
  }, [property, scheme, levels, few]);

  useEffect(() => plot.current?.setData(dataOf(series)), [series]);

  if (series.times.length === 0) return <Empty>These values cannot be drawn. The table has them.</Empty>;
  return <div ref={frame} role="img" aria-label={summaryOf(property, history.points, range)} />;
}

/** The same as a table, newest first. */
export function PointTable({ property, points }: { property: Property; points: Point[] }) {
  const [shown, setShown] = useState(ROWS);
  const newest = useMemo(() => points.toReversed(), [points]);
  return (
    <>
      <Table striped captionSide="top">
        <Table.Caption>{`${property.title}, newest first`}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Time</Table.Th>
            <Table.Th>{property.title}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {newest.slice(0, shown).map((point, i) => (
            <Table.Tr key={`${point.time} ${newest.length - i}`}>
              <Table.Td>{dateOf(point.time)}</Table.Td>
              <Table.Td className="wrap">{textOf(property, point.value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {shown < newest.length && (
        <Center mt="sm">
          <Button variant="default" onClick={() => setShown(shown + ROWS)}>
            Show more
          </Button>
        </Center>
      )}
      <Text size="sm" c="dimmed" ta="center" mt="xs">
        {Math.min(shown, newest.length)} of {newest.length} values
      </Text>
    </>
  );
}

function seriesOf(property: Property, history: History): Series {
  const { points } = history;
  const times: number[] = [];
  const values: number[] = [];
  const levels = isStepped(property) ? levelsOf(property) : [];
  for (const point of points) {
    const value = isStepped(property) ? levelOf(levels, point.value) : toNumber(point.value);
    if (value === undefined) continue;
    times.push(point.time / 1000);
    values.push(value);
  }
  // A step holds until the next: the last one until now.
  if (isStepped(property) && times.length > 0) {
    times.push(Math.max(Date.now() / 1000, times.at(-1)!));
    values.push(values.at(-1)!);
  }
  return { from: history.from / 1000, to: Math.max(history.to / 1000, times.at(-1) ?? 0), times, values, levels };
}

// Off is below on; others stand in the order of the thing model.
function levelsOf(property: Property): Json[] {
  const switched = onOff(property);
  return switched ? [switched.off, switched.on] : (property.values ?? []).map((v) => v.value);
}

function levelOf(levels: Json[], value: Json): number {
  const known = levels.indexOf(value);
  return known >= 0 ? known : levels.push(value) - 1;
}

const dataOf = (series: Series): uPlot.AlignedData => [series.times, series.values];

function optionsOf(property: Property, latest: { current: Series }, width: number, few: boolean): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const text = style.getPropertyValue('--mantine-color-text');
  const line = style.getPropertyValue('--mantine-color-anchor');
  const grid = { stroke: style.getPropertyValue('--mantine-color-default-border'), width: 1 };
  const axis = { stroke: text, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  const levels = latest.current.levels;
  const stepped = levels.length > 0;
  const name = (level: number) => textOf(property, levels[level]);
  return {
    width,
    height: HEIGHT,
    scales: {
      x: { range: () => [latest.current.from, latest.current.to] },
      y: stepped ? { range: [-0.3, levels.length - 0.7] } : {},
    },
    axes: [
      { ...axis, space: 60, values: (_, at, _axis, _space, step) => timesOf(at, step) },
      stepped
        ? { ...axis, size: 80, splits: () => levels.map((_, i) => i), values: (_, at) => at.map(name) }
        : { ...axis, size: 64, label: property.unit, labelSize: 20, labelFont: axis.font },
    ],
    series: [
      { label: 'Time', value: (_, time) => (time ? dateOf(time * 1000) : '–') },
      {
        label: property.title,
        stroke: line,
        width: 2,
        points: { show: few && !stepped },
        paths: stepped ? uPlot.paths.stepped!({ align: 1 }) : undefined,
        value: (_, value) => (value === null || value === undefined ? '–' : stepped ? name(value) : textOf(property, value)),
      },
    ],
  };
}

// Hours and minutes, or seconds where they matter; the day where it begins.
function timesOf(at: number[], step: number): string[] {
  const clock = step < 60 ? seconds : minutes;
  return at.map((time, i) => {
    const day = days.format(time * 1000);
    if (step >= 86_400) return day;
    const begins = i === 0 || days.format(at[i - 1]! * 1000) !== day;
    return begins ? `${clock.format(time * 1000)}\n${day}` : clock.format(time * 1000);
  });
}

function summaryOf(property: Property, points: Point[], range: string): string {
  const last = `last ${textOf(property, points.at(-1)!.value)}`;
  if (!isNumber(property)) return `${property.title} over the last ${range}: ${points.length} values, ${last}`;
  const numbers = points.map((p) => toNumber(p.value)).filter((n) => n !== undefined);
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return `${property.title} over the last ${range}: ${textOf(property, low)} to ${textOf(property, high)}, ${last}`;
}
