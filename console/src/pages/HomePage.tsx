import { NativeSelect, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router-dom';
import { api, type Device, type Home, type Product } from '../api';
import { freshen } from '../feed';
import { DeviceCard } from '../parts/DeviceCard';
import { Invitations, Members } from '../parts/Members';
import { Empty, Failed, Heading, Loading, Missing } from '../parts/Notes';

/** A home: its rooms, the devices in them, and its people. */
export function HomePage() {
  const { home: wanted } = useParams();
  const navigate = useNavigate();
  const homes = useQuery({ queryKey: ['homes'], queryFn: api.homes });
  if (homes.isPending) return <Loading what="the homes" />;
  if (!homes.data) return <Failed error={homes.error!} again={() => void homes.refetch()} />;
  const home = homes.data.homes.find((h) => h.id === (wanted ?? homes.data.current));
  if (!home) return <Missing what="This home" />;
  return (
    <Stack gap="lg">
      <Heading title={home.name}>
        {homes.data.homes.length > 1 && (
          <NativeSelect
            aria-label="Home"
            value={home.id}
            onChange={(e) => void navigate(`/homes/${e.currentTarget.value}`)}
            data={homes.data.homes.map((h) => ({ value: h.id, label: h.role === 'owner' ? h.name : `${h.name} (shared)` }))}
          />
        )}
      </Heading>
      <Invitations />
      <Rooms home={home} />
      <Members key={home.id} home={home} />
    </Stack>
  );
}

function Rooms({ home }: { home: Home }) {
  const list = useQuery({
    queryKey: ['devices', home.id],
    queryFn: async ({ signal }) => {
      const { devices, products } = await api.devices(home.id, signal);
      return { devices: devices.map(freshen), products };
    },
    refetchInterval: 60_000,
  });
  if (list.isPending) return <Loading what="the devices" />;
  if (!list.data) return <Failed error={list.error!} again={() => void list.refetch()} />;
  const { devices, products } = list.data;
  if (devices.length === 0) return <Empty>There is no device in this home yet. Add one with your app, and it appears here.</Empty>;
  const rooms = home.rooms.map((room) => ({ ...room, devices: devices.filter((d) => d.roomId === room.id) }));
  const elsewhere = devices.filter((d) => !home.rooms.some((room) => room.id === d.roomId));
  return (
    <div className="rooms">
      {rooms.map((room) => room.devices.length > 0 && <Room key={room.id} name={room.name} devices={room.devices} products={products} />)}
      {elsewhere.length > 0 && <Room name={elsewhere.length < devices.length ? 'Without a room' : 'Devices'} devices={elsewhere} products={products} />}
    </div>
  );
}

function Room({ name, devices, products }: { name: string; devices: Device[]; products: Product[] }) {
  return (
    <section aria-label={name}>
      <Title order={2} size="h5" mb="xs">
        {name}
      </Title>
      <ul className="devices">
        {devices.map((device) => (
          <li key={device.id}>
            <DeviceCard device={device} product={products.find((p) => p.id === device.product)!} />
          </li>
        ))}
      </ul>
    </section>
  );
}
