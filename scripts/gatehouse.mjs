#!/usr/bin/env node
/*
 * The `gatehouse` command in a checkout: builds the command line when its sources are newer, then is it.
 */
import { pathToFileURL } from 'node:url';
import { commandLine, refreshCommandLine } from './build/command-line.mjs';

await refreshCommandLine();
process.argv[1] = commandLine;
await import(pathToFileURL(commandLine).href);
