import { fileURLToPath } from 'node:url';

/** PostgreSQL schema of the cloud controller. */
export const clcSchema = 'clc';
/** Folder of its migrations, from `src` and `dist` alike. */
export const clcMigrations: string = fileURLToPath(new URL('../migrations', import.meta.url));
