#!/usr/bin/env node
/**
 * The `shoal` program. Loads as little as possible: each command's code comes with the command.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
