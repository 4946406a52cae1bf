import '@mantine/core/styles.css';
import './styles.css';
import { createTheme, type CSSVariablesResolver, MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { ApiError } from './api';
import { App } from './App';

const theme = createTheme({
  primaryColor: 'orange',
  primaryShade: 9,
  respectReducedMotion: true,
  cursorType: 'pointer',
  defaultRadius: 'md',
});

// Small text and filled buttons stay readable for weak eyes (contrast of 4.5 and more).
const readable: CSSVariablesResolver = () => ({
  variables: { '--mantine-color-orange-filled-hover': '#b93a0a' },
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: { '--mantine-color-dimmed': 'var(--mantine-color-dark-1)', '--mantine-color-error': 'var(--mantine-color-red-5)' },
});

const worthRetrying = (e: Error) => e instanceof ApiError && ['unreachable', 'unavailable', 'failed'].includes(e.kind);

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever is no longer signed in gets the sign-in page, wherever he was.
    onError: (e) => {
      if (e instanceof ApiError && e.kind === 'notSignedIn') client.setQueryData(['me'], null);
    },
  }),
  defaultOptions: { queries: { retry: (count, e) => count < 2 && worthRetrying(e), staleTime: 5_000 } },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <BrowserRouter basename="/console">
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
