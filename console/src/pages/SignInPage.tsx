import { Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api';
import { useTitle } from '../hooks';
import { ColorScheme } from '../parts/Shell';

export function SignInPage() {
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => api.signIn(login, password),
    onSuccess: (me) => client.setQueryData(['me'], me),
  });
  useTitle('Sign in');
  const submit = (e: FormEvent) => {
    e.preventDefault();
    signIn.mutate();
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper component="form" onSubmit={submit} withBorder p="xl" w="100%" maw={380}>
        <Stack>
          <Group justify="space-between">
            <Title order={1} size="h2">
              Irori
            </Title>
            <ColorScheme />
          </Group>
          <TextInput
            label="E-mail or phone number"
            name="login"
            autoComplete="username"
            autoFocus
            required
            maxLength={254}
            value={login}
            onChange={(e) => setLogin(e.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          />
          <Text size="sm" className="error" role="alert" mih={22}>
            {signIn.error ? `${signIn.error.message}.` : ''}
          </Text>
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
