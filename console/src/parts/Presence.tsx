import { Text } from '@mantine/core';
import { useNow } from '../hooks';
import { agoOf, dateOf } from '../values';

/** Online, or offline and since when. */
export function Presence({ online, lastSeen }: { online: boolean; lastSeen?: number }) {
  const now = useNow();
  return (
    <Text size="sm" c="dimmed" component="span" className="presence" data-online={online}>
      {online ? 'Online' : 'Offline'}
      {!online && ', '}
      {!online && (lastSeen ? <time dateTime={new Date(lastSeen).toISOString()} title={dateOf(lastSeen)}>{agoOf(lastSeen, now)}</time> : 'never seen')}
    </Text>
  );
}
