import { Alert, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { ApiError } from '../api';
import { useTitle } from '../hooks';

/** Something is on its way. */
export function Loading({ what }: { what: string }) {
  return (
    <Center mih={240} role="status" aria-label={`Loading ${what}`}>
      <Loader type="dots" />
    </Center>
  );
}

/** Something could not be read. */
export function Failed({ error, again }: { error: Error; again: () => void }) {
  if (error instanceof ApiError && error.kind === 'notFound') return <Missing what="What you look for" />;
  return (
    <Alert color="red" title="That did not work" role="alert" m="md">
      <Group justify="space-between">
        <Text size="sm">{error.message}.</Text>
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}

/** There is nothing to show. */
export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center mih={160}>
      <Text c="dimmed" ta="center" maw={420}>
        {children}
      </Text>
    </Center>
  );
}

/** There is no such page, or it is not this person's. */
export function Missing({ what }: { what: string }) {
  return (
    <Stack align="center" py="xl">
      <Heading title="Not found" />
      <Text c="dimmed">{what} does not exist, or is not yours.</Text>
      <Button component={Link} to="/" variant="default">
        Back to the home
      </Button>
    </Stack>
  );
}

/** The title of a page. It takes the focus when a person comes from another page, so that a screen reader says where he is. */
export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null);
  const first = useLocation().key === 'default';
  useTitle(title);
  useEffect(() => {
    if (!first) ref.current?.focus({ preventScroll: true });
  }, [first]);
  return (
    <Group justify="space-between" mih={44} gap="sm">
      <Title order={1} size="h3" ref={ref} tabIndex={-1} className="heading">
        {title}
      </Title>
      {children}
    </Group>
  );
}
