import { Button, Card, Center, FileInput, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Release } from '../api';
import { Empty, Failed, Heading, Loading } from '../parts/Notes';
import { dateOf } from '../values';

/** Firmware that is offered to the owners of devices. */
export default function FirmwarePage() {
  const releases = useInfiniteQuery({
    queryKey: ['firmware'],
    queryFn: ({ pageParam }) => api.firmware(pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const all = releases.data?.pages.flatMap((page) => page.releases) ?? [];
  return (
    <Stack>
      <Heading title="Firmware" />
      <Text c="dimmed">Who has a device of the product sees a release in his app when it is later than what the device has, and starts the upgrade there.</Text>
      <NewRelease />
      {releases.isPending && <Loading what="the firmware" />}
      {releases.error && !releases.data && <Failed error={releases.error} again={() => void releases.refetch()} />}
      {releases.data && all.length === 0 && <Empty>No firmware is released yet.</Empty>}
      {all.map((release) => (
        <ReleaseCard key={release.id} release={release} />
      ))}
      {releases.hasNextPage && (
        <Center>
          <Button variant="default" loading={releases.isFetchingNextPage} onClick={() => void releases.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function NewRelease() {
  const client = useQueryClient();
  const products = useQuery({ queryKey: ['products'], queryFn: api.products });
  const [product, setProduct] = useState('');
  const [model, setModel] = useState('');
  const [version, setVersion] = useState('');
  const [files, setFiles] = useState<File[]>([]);
  const add = useMutation({
    mutationFn: () => api.addFirmware(product || products.data![0]!.id, model, version, files),
    onSuccess: async () => {
      setVersion('');
      setFiles([]);
      await client.invalidateQueries({ queryKey: ['firmware'] });
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    add.mutate();
  };
  if (products.isPending) return <Loading what="the products" />;
  if (!products.data) return <Failed error={products.error!} again={() => void products.refetch()} />;
  if (products.data.length === 0) return <Empty>There is no product yet, so there is nothing to release firmware for.</Empty>;
  return (
    <Card withBorder component="form" onSubmit={submit} aria-label="New release">
      <Stack gap="sm">
        <NativeSelect
          label="Product"
          value={product || products.data[0]!.id}
          onChange={(e) => setProduct(e.currentTarget.value)}
          data={products.data.map((p) => ({ value: p.id, label: `${p.name}, ${p.model}` }))}
        />
        <TextInput label="Model" description="The module's own name, as devices say it" required maxLength={64} value={model} onChange={(e) => setModel(e.currentTarget.value)} />
        <TextInput label="Version" description="Numbers with dots between them, such as 3.5.1" required maxLength={32} value={version} onChange={(e) => setVersion(e.currentTarget.value)} />
        <FileInput label="Files" description="In the order in which devices expect them; 32 MB in all" required multiple value={files} onChange={setFiles} />
        <Text size="sm" className="error" role="alert">
          {add.error ? `${add.error.message}.` : ''}
        </Text>
        <Group>
          <Button type="submit" loading={add.isPending} disabled={files.length === 0}>
            Release
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function ReleaseCard({ release }: { release: Release }) {
  const client = useQueryClient();
  const remove = useMutation({ mutationFn: () => api.removeFirmware(release.id), onSuccess: () => client.invalidateQueries({ queryKey: ['firmware'] }) });
  const name = `${release.model} ${release.version}`;
  return (
    <Card withBorder component="article" aria-label={name}>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600} className="wrap">
            {name}
          </Text>
          <Text size="sm" c="dimmed" className="wrap">
            {release.product.name}, released {dateOf(release.created)}
          </Text>
          {release.files.map((file) => (
            <Text key={file.name} size="sm" className="wrap">
              {file.name}, {file.size} bytes, SHA-256 {file.digest}
            </Text>
          ))}
          <Text size="sm" className="error" role="alert">
            {remove.error ? `${remove.error.message}.` : ''}
          </Text>
        </div>
        <Button size="xs" variant="default" aria-label={`Take back ${name}`} loading={remove.isPending} onClick={() => remove.mutate()}>
          Take back
        </Button>
      </Group>
    </Card>
  );
}
