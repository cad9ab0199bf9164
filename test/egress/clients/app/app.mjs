// Runs the programs of the client matrix where an app runs, with the environment the app was given.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';

const { DATABRICKS_APP_PORT, UVICORN_HOST } = process.env;

createServer(async (req, res) => {
  if (req.method !== 'POST') return res.end('ready');
  let body = '';
  for await (const part of req) body += part;
  const { argv, env } = JSON.parse(body);
  const options = { env: { ...process.env, ...env }, timeout: 45_000 };
  execFile(argv[0], argv.slice(1), options, (error, stdout, stderr) => {
    res.end(JSON.stringify({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
  });
}).listen(Number(DATABRICKS_APP_PORT), UVICORN_HOST);
