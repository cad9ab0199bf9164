import type { Server } from 'node:http';
import { BrickboxError } from '../../emulator/core/index.ts';
import { portHolder } from './port-holder.ts';

/**
 * Listens on 127.0.0.1, port 0 for any free one. Returns the port.
 * @throws BrickboxError PORT_TAKEN, with the process that holds it where that can be seen.
 */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('The server has no TCP address.'));
      else resolve(address.port);
    });
  });
}

function portTaken(port: number, cause: Error): BrickboxError {
  const holder = portHolder(port);
  return new BrickboxError(
    'PORT_TAKEN',
    `Port ${port} of 127.0.0.1 is taken${holder ? ` by ${holder}` : ''}.`,
    { fix: 'Stop that process, choose another port, or leave the port out to get a free one.', cause },
  );
}
