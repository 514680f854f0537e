// node --import .../register.mjs file.ts : runs the workspace's TypeScript sources without a build (tests only).
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
