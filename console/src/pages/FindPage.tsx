import { Button, Card, Center, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { api, type Found } from '../api';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';
import { Presence } from '../parts/Presence';

/** The address of a device's page for operators, with the slash of {@link devicePath}. */
const inspectPath = (id: string) => `/operator/devices/${encodeURIComponent(id)}/`;

/** All devices of the installation, by any of their names. */
export default function FindPage() {
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), 250);
  const found = useInfiniteQuery({
    queryKey: ['find', wanted],
    queryFn: ({ pageParam }) => api.find(wanted, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const devices = found.data?.pages.flatMap((page) => page.devices) ?? [];
  return (
    <Stack>
      <Heading title="Find a device" />
      <TextInput
        type="search"
        label="Id, name, MAC or chip id"
        description="The beginning is enough"
        maxLength={128}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      {found.isPending && <Loading what="the devices" />}
      {found.error && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && devices.length === 0 && <Empty>{wanted ? 'No device has a name that begins so.' : 'There is no device yet.'}</Empty>}
      <Stack component="ul" gap="xs" m={0} p={0} className="list" aria-label="Devices">
        {devices.map((device) => (
          <li key={device.id}>
            <FoundCard device={device} />
          </li>
        ))}
      </Stack>
      {found.hasNextPage && (
        <Center>
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function FoundCard({ device }: { device: Found }) {
  return (
    <Card withBorder component={Link} to={inspectPath(device.id)} c="inherit" py="xs">
      <Group justify="space-between">
        <div>
          <Text fw={600} className="wrap">
            {device.name}
          </Text>
          <Text size="sm" c="dimmed" className="wrap">
            {device.id} · {device.brand} {device.product}
          </Text>
        </div>
        <Presence online={device.online} lastSeen={device.lastSeen} />
      </Group>
    </Card>
  );
}
