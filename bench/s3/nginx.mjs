import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@mallee/private-services';

/** An nginx of our own that serves `directory` with sendfile, or undefined where it is not installed. */
export async function startNginx(directory) {
  if (spawnSync('nginx', ['-v']).status !== 0) return undefined;
  const port = await freePort();
  const prefix = join(directory, 'nginx');
  mkdirSync(prefix);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${prefix}/${name};`,
  );
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${prefix}/pid; error_log ${prefix}/error.log;
${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections 64; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000; ${paths.join(' ')}
  server { listen 127.0.0.1:${port}; root ${directory}; } }
`,
  );
  const child = spawn('nginx', ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', join(prefix, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) break;
    await sleep(100);
  }
  const stop = async () => {
    child.kill('SIGQUIT');
    await ended;
  };
  return { port, stop };
}
