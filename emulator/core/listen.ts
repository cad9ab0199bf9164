import type { Server } from 'node:net';
import { BrickboxError } from './errors.ts';
import { portHolder } from './port-holder.ts';

/**
 * Listens on 127.0.0.1, port 0 for any free one. Returns the port. `purpose` says in a message what the port was
 * for, for example `the control API`.
 * @throws BrickboxError PORT_TAKEN, with the process that holds it where that can be seen.
 */
export function listenOnLoopback(server: Server, port: number, purpose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    // Stays for good: once it listens, a connection that cannot be accepted (EMFILE) must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(port, purpose, error) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new Error('The server has no TCP address.'));
      else resolve(address.port);
    });
  });
}

function portTaken(port: number, purpose: string, cause: Error): BrickboxError {
  const holder = portHolder(port);
  return new BrickboxError(
    'PORT_TAKEN',
    `Port ${port} of 127.0.0.1, wanted for ${purpose}, is taken${holder ? ` by ${holder}` : ''}.`,
    { fix: 'Stop that process, choose another port, or leave the port out to get a free one.', cause },
  );
}
