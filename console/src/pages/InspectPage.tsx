import { Badge, Card, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router-dom';
import { api, type Inspection } from '../api';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';
import { Presence } from '../parts/Presence';
import { dateOf, wordsOf } from '../values';

const OUTCOMES: Record<string, string> = { acknowledged: 'green', delivered: 'green', rejected: 'red' };

/** What an operator sees of one device: its link, what went over it, and what became of commands. */
export default function InspectPage() {
  const id = useParams().device!;
  const seen = useQuery({ queryKey: ['inspect', id], queryFn: () => api.inspect(id), refetchInterval: 5_000 });
  if (seen.isPending) return <Loading what="the device" />;
  if (!seen.data) return <Failed error={seen.error!} again={() => void seen.refetch()} />;
  const { device, frames, commands, presence } = seen.data;
  return (
    <Stack gap="lg">
      <Heading title={device.name}>
        <Presence online={device.online} lastSeen={device.lastSeen} />
      </Heading>
      <Facts seen={seen.data} />
      <Tabs defaultValue="frames" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="frames">Frames</Tabs.Tab>
          <Tabs.Tab value="commands">Commands</Tabs.Tab>
          <Tabs.Tab value="presence">Presence</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="frames">
          <Log empty="No frame was kept.">
            {frames.map((frame, i) => (
              <Line key={i} time={frame.time} mark={frame.direction === 'in' ? 'from device' : 'to device'}>
                {frame.text ?? frame.hex}
              </Line>
            ))}
          </Log>
        </Tabs.Panel>
        <Tabs.Panel value="commands">
          <Log empty="No command was sent yet.">
            {commands.map((command) => (
              <Line key={command.id} time={command.time} mark={wordsOf(command.outcome)} color={OUTCOMES[command.outcome] ?? 'yellow'}>
                {command.body}
                {command.answer && ` (device's code ${command.answer})`}
                <Text span display="block" size="xs" c="dimmed">
                  {command.source} {command.app}, account {command.account}, {command.outcomeTime - command.time} ms
                </Text>
              </Line>
            ))}
          </Log>
        </Tabs.Panel>
        <Tabs.Panel value="presence">
          <Log empty="It was never connected.">
            {presence.map((line, i) => (
              <Line key={i} time={line.time} mark={wordsOf(line.kind)} color={line.kind === 'offline' ? 'gray' : 'green'}>
                {line.reason}, link {line.epoch}
                {line.ip && `, ${line.ip}`}
              </Line>
            ))}
          </Log>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Facts({ seen }: { seen: Inspection }) {
  const { device, link } = seen;
  const facts: [string, ReactNode][] = [
    ['Id', device.id],
    ...seen.names.map((n): [string, ReactNode] => [[n.dialect, n.kind].filter(Boolean).join(' '), n.value]),
    ['Product', `${device.brand} ${device.product}, ${device.model}`],
    ['Owner', seen.owner ?? 'nobody'],
    ['Record', `${seen.source} ${dateOf(seen.created)}, ${device.lifecycle}`],
    ...(link
      ? ([
          ['Link', `${link.online ? 'open' : 'closed'}, number ${link.epoch}, ${link.protocol}`],
          ['Node', link.node],
          ['Address', link.ip ?? 'unknown'],
          ['Since', dateOf(link.closed ?? link.opened)],
        ] as [string, ReactNode][])
      : [['Link', 'never connected'] as [string, ReactNode]]),
  ];
  return (
    <Card withBorder component="section" aria-label="Facts" py={4}>
      <dl className="rows facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Log({ empty, children }: { empty: string; children: ReactNode[] }) {
  return children.length === 0 ? <Empty>{empty}</Empty> : <ol className="list log">{children}</ol>;
}

function Line({ time, mark, color = 'gray', children }: { time: number; mark: string; color?: string; children: ReactNode }) {
  return (
    <li>
      <Group gap="sm">
        <Text component="time" size="sm" c="dimmed" dateTime={new Date(time).toISOString()}>
          {dateOf(time)}
        </Text>
        <Badge variant="light" color={color} tt="none">
          {mark}
        </Badge>
      </Group>
      <Text size="sm" ff="monospace" className="wrap">
        {children}
      </Text>
    </li>
  );
}
