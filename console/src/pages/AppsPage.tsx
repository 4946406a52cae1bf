import { Button, Card, Center, Group, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type AppEntry } from '../api';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';

/** The programs that may ask for something, and where OAuth leads people back. */
export default function AppsPage() {
  const apps = useInfiniteQuery({
    queryKey: ['apps'],
    queryFn: ({ pageParam }) => api.apps(pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const all = apps.data?.pages.flatMap((page) => page.apps) ?? [];
  return (
    <Stack>
      <Heading title="Apps" />
      <Text c="dimmed">When a person lets an app in on the sign-in page, he is led back to one of its addresses with a code, and nowhere else. New apps are made on the command line.</Text>
      {apps.isPending && <Loading what="the apps" />}
      {apps.error && !apps.data && <Failed error={apps.error} again={() => void apps.refetch()} />}
      {apps.data && all.length === 0 && <Empty>There is no app yet.</Empty>}
      {all.map((app) => (
        <AppCard key={app.id} app={app} />
      ))}
      {apps.hasNextPage && (
        <Center>
          <Button variant="default" loading={apps.isFetchingNextPage} onClick={() => void apps.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function AppCard({ app }: { app: AppEntry }) {
  const client = useQueryClient();
  const [uri, setUri] = useState('');
  const reread = () => client.invalidateQueries({ queryKey: ['apps'] });
  const add = useMutation({
    mutationFn: () => api.addRedirect(app.id, uri),
    onSuccess: async () => {
      setUri('');
      await reread();
    },
  });
  const remove = useMutation({ mutationFn: (gone: string) => api.removeRedirect(app.id, gone), onSuccess: reread });
  const failed = add.error ?? remove.error;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    remove.reset();
    add.mutate();
  };
  return (
    <Card withBorder component="article" aria-label={`App ${app.id}`}>
      <Stack gap="xs">
        <div>
          <Text fw={600} className="wrap">
            {app.id}
          </Text>
          <Text size="sm" c="dimmed">
            {app.dialect}, {app.kind}
            {app.disabled && ', disabled'}
          </Text>
        </div>
        {app.redirects.map((known) => (
          <Group key={known} justify="space-between" wrap="nowrap">
            <Text size="sm" ff="monospace" className="wrap">
              {known}
            </Text>
            <Button size="xs" variant="default" aria-label={`Remove ${known}`} loading={remove.isPending && remove.variables === known} onClick={() => remove.mutate(known)}>
              Remove
            </Button>
          </Group>
        ))}
        <Group component="form" onSubmit={submit} align="end" wrap="nowrap">
          <TextInput
            label={`Address to which ${app.id} leads people back`}
            labelProps={{ className: 'wrap' }}
            placeholder="https://app.example.com/back"
            type="url"
            required
            maxLength={2000}
            flex={1}
            value={uri}
            onChange={(e) => setUri(e.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={add.isPending}>
            Add
          </Button>
        </Group>
        <Text size="sm" className="error" role="alert">
          {failed ? `${failed.message}.` : ''}
        </Text>
      </Stack>
    </Card>
  );
}
