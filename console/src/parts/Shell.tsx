import { ActionIcon, Anchor, AppShell, Button, Group, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, NavLink } from 'react-router-dom';
import { api, type Me } from '../api';
import { useFeed } from '../feed';
import { Icon } from './Icon';

/** What stands around every page. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const live = useFeed();
  const pages = [
    { to: '/', title: 'Home' },
    ...(me.operator
      ? [
          { to: '/operator/devices', title: 'Find a device' },
          { to: '/operator/firmware', title: 'Firmware' },
          { to: '/operator/apps', title: 'Apps' },
        ]
      : []),
    ...(me.outbox ? [{ to: '/operator/outbox', title: 'Outbox' }] : []),
  ];
  return (
    <AppShell header={{ height: 56 }} padding={{ base: 'sm', sm: 'lg' }}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <AppShell.Header px={{ base: 'sm', sm: 'lg' }}>
        <Group h="100%" justify="space-between" wrap="nowrap" maw={1160} mx="auto">
          <Group gap="xl" wrap="nowrap">
            <Anchor component={Link} to="/" fw={700} size="lg" underline="never" aria-label="Irori, to the home">
              Irori
            </Anchor>
            <Group component="nav" gap="xs" visibleFrom="sm" aria-label="Pages">
              {pages.map((page) => (
                <Button key={page.to} component={NavLink} to={page.to} end={page.to === '/'} variant="subtle" size="compact-md" className="page">
                  {page.title}
                </Button>
              ))}
            </Group>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" c="dimmed" role="status">
              {live ? '' : 'Reconnecting…'}
            </Text>
            <ColorScheme />
            <Account me={me} pages={pages} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content" maw={1200} mx="auto">
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

/** Light, dark, or as the system has it. */
export function ColorScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = colorScheme === 'auto' ? 'light' : colorScheme === 'light' ? 'dark' : 'auto';
  return (
    <ActionIcon variant="default" size={36} onClick={() => setColorScheme(next)} aria-label={`Colours: ${colorScheme}. Change to ${next}`}>
      <Icon name={colorScheme} />
    </ActionIcon>
  );
}

function Account({ me, pages }: { me: Me; pages: { to: string; title: string }[] }) {
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => {
      client.setQueryData(['me'], null);
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
    },
  });
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="Menu">
          <Icon name="menu" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="cut">{me.name}</Menu.Label>
        {pages.map((page) => (
          <Menu.Item key={page.to} component={Link} to={page.to} hiddenFrom="sm">
            {page.title}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
