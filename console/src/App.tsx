import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router-dom';
import { api } from './api';
import { Failed, Loading, Missing } from './parts/Notes';
import { Shell } from './parts/Shell';
import { HomePage } from './pages/HomePage';
import { SignInPage } from './pages/SignInPage';

const DevicePage = lazy(() => import('./pages/DevicePage'));
const OutboxPage = lazy(() => import('./pages/OutboxPage'));
const FindPage = lazy(() => import('./pages/FindPage'));
const InspectPage = lazy(() => import('./pages/InspectPage'));
const AppsPage = lazy(() => import('./pages/AppsPage'));
const FirmwarePage = lazy(() => import('./pages/FirmwarePage'));

export function App() {
  const me = useQuery({ queryKey: ['me'], queryFn: api.me });
  if (me.isPending) return <Loading what="Irori" />;
  if (me.data === undefined) return <Failed error={me.error!} again={() => void me.refetch()} />;
  if (me.data === null) return <SignInPage />;
  return (
    <Shell me={me.data}>
      <Suspense fallback={<Loading what="the page" />}>
        <Routes>
          <Route path="/" element={<HomePage />} />
          <Route path="/homes/:home" element={<HomePage />} />
          <Route path="/devices/:device" element={<DevicePage />} />
          {me.data.operator && <Route path="/operator/devices" element={<FindPage />} />}
          {me.data.operator && <Route path="/operator/devices/:device" element={<InspectPage />} />}
          {me.data.operator && <Route path="/operator/firmware" element={<FirmwarePage />} />}
          {me.data.operator && <Route path="/operator/apps" element={<AppsPage />} />}
          {me.data.outbox && <Route path="/operator/outbox" element={<OutboxPage />} />}
          <Route path="*" element={<Missing what="This page" />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
