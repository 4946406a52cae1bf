import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { api, type Home, type Invitation, type Person } from '../api';
import { dateOf } from '../values';
import { Failed, Loading } from './Notes';

// Who is in which home has changed, and with it what is seen.
const CHANGED = ['homes', 'members', 'invitations', 'devices', 'device'];

/** Does something that changes who is in a home. */
function useChange<T>(change: (value: T) => Promise<unknown>, done?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: done,
    onSettled: () => Promise.all(CHANGED.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

/** Invitations to homes of others that wait for an answer. */
export function Invitations() {
  const invitations = useQuery({ queryKey: ['invitations'], queryFn: api.invitations, refetchInterval: 60_000 });
  const answer = useChange(({ id, accept }: { id: string; accept: boolean }) => api.answer(id, accept));
  return (
    <>
      {answer.error && <Trouble error={answer.error} />}
      {invitations.data?.invitations.map((invitation) => (
        <Card key={invitation.id} withBorder role="group" aria-label={`Invitation to ${invitation.home}`}>
          <Group justify="space-between">
            <div>
              <Text fw={600} className="wrap">
                You are invited to {invitation.home}
              </Text>
              <Text size="sm" className="wrap">
                {nameOf(invitation)} shares this home with you if you accept by {dateOf(invitation.until)}.
              </Text>
            </div>
            <Group gap="xs">
              <Button size="xs" disabled={answer.isPending} onClick={() => answer.mutate({ id: invitation.id, accept: true })}>
                Accept
              </Button>
              <Button size="xs" variant="default" disabled={answer.isPending} onClick={() => answer.mutate({ id: invitation.id, accept: false })}>
                Decline
              </Button>
            </Group>
          </Group>
        </Card>
      ))}
    </>
  );
}

/** Who is in a home: for its owner all of them, for a member whose it is. */
export function Members({ home }: { home: Home }) {
  const members = useQuery({ queryKey: ['members', home.id], queryFn: () => api.members(home.id) });
  return (
    <Card withBorder component="section" aria-label="Members" maw={640}>
      <Stack>
        <Title order={2} size="h5">
          Members
        </Title>
        {members.isPending && <Loading what="the members" />}
        {members.error && !members.data && <Failed error={members.error} again={() => void members.refetch()} />}
        {members.data?.role === 'owner' && <Circle home={home} members={members.data.members} invitations={members.data.invitations} />}
        {members.data?.role === 'member' && <Leave home={home} owner={members.data.owner} />}
      </Stack>
    </Card>
  );
}

function Circle({ home, members, invitations }: { home: Home; members: Person[]; invitations: Invitation[] }) {
  const [login, setLogin] = useState('');
  const invite = useChange(() => api.invite(home.id, login), () => setLogin(''));
  const remove = useChange((account: string) => api.removeMember(home.id, account));
  const withdraw = useChange(api.withdraw);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    invite.mutate(undefined);
  };
  return (
    <>
      {members.length + invitations.length === 0 && (
        <Text size="sm" c="dimmed">
          Only you use this home. Whom you invite sees its rooms and uses your devices in it, once he accepts.
        </Text>
      )}
      <Stack component="ul" gap="xs" className="list log" aria-label="People in this home">
        {members.map((member) => (
          <Line key={member.id} name={nameOf(member)} note={member.since ? `Member since ${dateOf(member.since)}` : 'Member'}>
            <Confirmed label="Remove" of={nameOf(member)} busy={remove.isPending} act={() => remove.mutate(member.id)} />
          </Line>
        ))}
        {invitations.map((invitation) => (
          <Line key={invitation.id} name={nameOf(invitation)} note={`Invited until ${dateOf(invitation.until)}`}>
            <Confirmed label="Withdraw" of={nameOf(invitation)} busy={withdraw.isPending} act={() => withdraw.mutate(invitation.id)} />
          </Line>
        ))}
      </Stack>
      {(remove.error ?? withdraw.error) && <Trouble error={(remove.error ?? withdraw.error)!} />}
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            className="grow"
            label="Invite somebody"
            placeholder="E-mail or phone number"
            autoComplete="off"
            required
            maxLength={254}
            value={login}
            onChange={(e) => setLogin(e.currentTarget.value)}
          />
          <Button type="submit" loading={invite.isPending}>
            Invite
          </Button>
        </Group>
      </form>
      {invite.error && <Trouble error={invite.error} />}
    </>
  );
}

function Leave({ home, owner }: { home: Home; owner: Person }) {
  const navigate = useNavigate();
  const leave = useChange(() => api.leave(home.id), () => void navigate('/'));
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" className="wrap">
          This home belongs to {owner.name && owner.login ? `${owner.name} (${owner.login})` : nameOf(owner)}.
        </Text>
        <Confirmed label="Leave" of={home.name} busy={leave.isPending} act={() => leave.mutate(undefined)} />
      </Group>
      {leave.error && <Trouble error={leave.error} />}
    </>
  );
}

function Line({ name, note, children }: { name: string; note: string; children: ReactNode }) {
  return (
    <Group component="li" justify="space-between">
      <div>
        <Text className="wrap">{name}</Text>
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      </div>
      {children}
    </Group>
  );
}

/** A button that asks once more. */
function Confirmed({ label, of, busy, act }: { label: string; of: string; busy: boolean; act: () => void }) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button size="xs" variant="default" aria-label={`${label} ${of}`} onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }

  return (
    <Group gap="xs">
      <Button size="xs" color="red" autoFocus loading={busy} aria-label={`Yes, ${label.toLowerCase()} ${of}`} onClick={act}>
        Yes, {label.toLowerCase()}
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsking(false)}>
        Keep
      </Button>
    </Group>
  );
}

function Trouble({ error }: { error: Error }) {
  return (
    <Text size="sm" className="error" role="alert">
      {error.message}.
    </Text>
  );
}

const nameOf = (person: { name: string; login?: string }) => person.name || person.login || 'Somebody';
