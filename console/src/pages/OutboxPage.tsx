import { Card, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';
import { dateOf, wordsOf } from '../values';

/** The codes that were not sent but kept, for development. */
export default function OutboxPage() {
  const outbox = useQuery({ queryKey: ['outbox'], queryFn: api.outbox, refetchInterval: 3_000 });
  return (
    <Stack>
      <Heading title="Outbox" />
      <Text c="dimmed">Verification codes are not sent on this installation. The newest are here until the server stops.</Text>
      {outbox.isPending && <Loading what="the outbox" />}
      {outbox.error && !outbox.data && <Failed error={outbox.error} again={() => void outbox.refetch()} />}
      {outbox.data?.messages.length === 0 && <Empty>No code was asked for yet.</Empty>}
      {outbox.data?.messages.map((message) => (
        <Card key={message.id} withBorder component="article" aria-label={`Code for ${message.to}`}>
          <Group justify="space-between">
            <div>
              <Text className="wrap">{message.to}</Text>
              <Text size="sm" c="dimmed">
                To {wordsOf(message.purpose)}, {dateOf(message.time)}
              </Text>
            </div>
            <Text size="xl" fw={700} ff="monospace">
              {message.code}
            </Text>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
