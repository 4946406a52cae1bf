import { Card, Group, NativeSelect, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { api, type Device, type Property } from '../api';
import { freshen } from '../feed';
import { useCommand, useNow } from '../hooks';
import { Control } from '../parts/Control';
import { Status } from '../parts/DeviceCard';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';
import { Plot, PointTable } from '../parts/Plot';
import { agoOf, allProperties, dateOf, isNumber } from '../values';

const HOUR = 3_600_000;
const RANGES = { '1 h': HOUR, '24 h': 24 * HOUR, '7 d': 7 * 24 * HOUR };
type Range = keyof typeof RANGES;

/** One device: all its properties, and what they were. */
export default function DevicePage() {
  const id = useParams().device!;
  const found = useQuery({
    queryKey: ['device', id],
    queryFn: async () => {
      const { device, product } = await api.device(id);
      return { device: freshen(device), product };
    },
    refetchInterval: 60_000,
  });
  const command = useCommand(id);
  const now = useNow();
  if (found.isPending) return <Loading what="the device" />;
  if (!found.data) return <Failed error={found.error!} again={() => void found.refetch()} />;
  const { device, product } = found.data;
  const properties = allProperties(product, device.values);
  return (
    <Stack gap="lg">
      <div>
        <Heading title={device.name} />
        <Text c="dimmed" size="sm">
          {product.brand} {product.name}, {product.model}
        </Text>
        <Status device={device} pending={Object.keys(command.pending).length > 0} error={command.error} />
      </div>
      <Card withBorder component="section" aria-label="Now" py={4}>
        {properties.length === 0 && <Empty>This device has not said anything yet.</Empty>}
        <dl className="rows">
          {properties.map((property) => {
            const time = device.values[property.name]?.time;
            return (
              <div key={property.name}>
                <dt>{property.title}</dt>
                <dd data-property={property.name}>
                  <Control device={device} property={property} command={command} />
                </dd>
                <dd className="when">
                  {time !== undefined && (
                    <Text component="time" size="sm" c="dimmed" dateTime={new Date(time).toISOString()} title={dateOf(time)}>
                      {agoOf(time, now)}
                    </Text>
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      </Card>
      {properties.length > 0 && <Past device={device} properties={properties} />}
    </Stack>
  );
}

function Past({ device, properties }: { device: Device; properties: Property[] }) {
  const [name, setName] = useState((properties.find(isNumber) ?? properties[0]!).name);
  const [range, setRange] = useState<Range>('1 h');
  const [shape, setShape] = useState('Plot');
  const property = properties.find((p) => p.name === name) ?? properties[0]!;
  const history = useQuery({
    queryKey: ['history', device.id, property.name, range],
    queryFn: ({ signal }) => api.history(device.id, property.name, RANGES[range], signal),
    staleTime: 60_000,
  });
  return (
    <Card withBorder component="section" aria-label="History">
      <Group justify="space-between" mb="md">
        <Title order={2} size="h5">
          History
        </Title>
        <Group gap="xs">
          <NativeSelect
            aria-label="Property"
            value={property.name}
            onChange={(e) => setName(e.currentTarget.value)}
            data={properties.map((p) => ({ value: p.name, label: p.title }))}
          />
          <SegmentedControl aria-label="Range" value={range} onChange={(r) => setRange(r as Range)} data={Object.keys(RANGES)} />
          <SegmentedControl aria-label="Shape" value={shape} onChange={setShape} data={['Plot', 'Table']} />
        </Group>
      </Group>
      <div className="plot">
        {history.isPending && <Loading what="the history" />}
        {history.error && !history.data && <Failed error={history.error} again={() => void history.refetch()} />}
        {history.data?.points.length === 0 && <Empty>Nothing was reported in this time. Choose a longer one.</Empty>}
        {history.data && history.data.points.length > 0 && (
          <>
            {shape === 'Plot' ? (
              <Plot property={property} history={history.data} range={range} />
            ) : (
              <PointTable property={property} points={history.data.points} />
            )}
            {!history.data.complete && (
              <Text size="sm" c="dimmed" role="note">
                There are more values than can be shown at once: only the older ones are. Choose a shorter time.
              </Text>
            )}
          </>
        )}
      </div>
    </Card>
  );
}
