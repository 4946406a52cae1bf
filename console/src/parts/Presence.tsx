import { Badge, Text } from '@mantine/core';
import { useNow } from '../hooks';
import { agoOf, dateOf } from '../values';

/** Online, or offline and since when. */
export function Presence({ online, lastSeen }: { online: boolean; lastSeen?: number }) {
  const now = useNow();
  return (
    <Text size="sm" c="dimmed" component="span">
      <Badge variant="dot" color={online ? 'green' : 'gray'} size="md" tt="none" fw={500} mr={6} className="presence">
        {online ? 'Online' : 'Offline'}
      </Badge>
      {!online && (lastSeen ? <time dateTime={new Date(lastSeen).toISOString()} title={dateOf(lastSeen)}>{agoOf(lastSeen, now)}</time> : 'never seen')}
    </Text>
  );
}
