import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// In development the API is that of a server on this machine.
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: { chunkSizeWarningLimit: 700 },
  server: { proxy: { '/console/api': 'http://localhost:8080' } },
});
