export { seedDisk, type SeedDiskOptions, type SeedFile } from './seed-disk.js';
