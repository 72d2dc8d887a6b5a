// Starts the Vite of the current folder's app and tells `shell dev` the address, in a line that begins with the argument.
import { argv } from 'node:process';

const mark = argv.at(-1);
try {
  const { createServer } = await import('vite');
  const server = await createServer({ clearScreen: false });
  await server.listen();
  const { local, network } = server.resolvedUrls;
  console.log(`${mark} ${local[0] ?? network[0]}`);
} catch (error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND' && / 'vite' /.test(error.message)) console.error('vite is not installed here');
  else console.error(error.frame ? `${error.message}\n${error.frame}` : (error.stack ?? error));
  process.exit(1);
}
