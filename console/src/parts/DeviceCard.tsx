import { Anchor, Card, Group, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { Device, Product } from '../api';
import { useCommand } from '../hooks';
import { controlOf, textOf } from '../values';
import { Control } from './Control';
import { Icon, iconOf } from './Icon';
import { Presence } from './Presence';

const SHOWN = 3;

/** The address of a device's page. The slash at its end lets a device's name have a dot, which would make it look like a file. */
export const devicePath = (id: string) => `/devices/${encodeURIComponent(id)}/`;

/** A device in its room: what it is, what it does, and the controls that matter most. */
export function DeviceCard({ device, product }: { device: Device; product: Product }) {
  const command = useCommand(device.id);
  const first = product.properties.find((p) => controlOf(p) === 'switch');
  const others = product.properties.filter((p) => p !== first);
  const control = others.find((p) => controlOf(p) === 'slider') ?? others.find((p) => controlOf(p) === 'choice');
  const shown = others.filter((p) => p !== control && device.values[p.name] !== undefined && p.type !== 'struct' && p.type !== 'array').slice(0, SHOWN);
  return (
    <Card component="article" withBorder padding="md" className="device" data-online={device.online} aria-label={device.name}>
      <Group justify="space-between" wrap="nowrap" mih={36}>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Icon name={iconOf(product.category)} size={24} />
          <Anchor component={Link} to={devicePath(device.id)} fw={600} c="inherit" className="cut">
            {device.name}
          </Anchor>
        </Group>
        {first && <Control device={device} property={first} command={command} />}
      </Group>
      <div className="body">
        {shown.length > 0 && (
          <Group gap="md">
            {shown.map((p) => (
              <Text key={p.name} size="sm">
                <Text span c="dimmed" size="sm">{p.title}</Text> <span data-property={p.name}>{textOf(p, device.values[p.name]?.value)}</span>
              </Text>
            ))}
          </Group>
        )}
        {control && (
          <div>
            <Text size="sm" c="dimmed">{control.title}</Text>
            <Control device={device} property={control} command={command} />
          </div>
        )}
      </div>
      <Status device={device} pending={Object.keys(command.pending).length > 0} error={command.error} />
    </Card>
  );
}

/** One line that always has its place: presence, or what becomes of a command. */
export function Status({ device, pending, error }: { device: Device; pending: boolean; error: string }) {
  return (
    <div className="status">
      {!error && !pending && <Presence online={device.online} lastSeen={device.lastSeen} />}
      <Text size="sm" c="dimmed" role="status">
        {pending ? 'Waiting for the device…' : ''}
      </Text>
      <Text size="sm" className="error" role="alert">
        {error ? `${error}.` : ''}
      </Text>
    </div>
  );
}
