import { delimiter } from 'node:path';
import type { Environment } from './login-shell-environment.ts';

/**
 * Adds the folder with the kubectl that the demo brought along behind everything on PATH, so that it serves only where
 * the person has none. It has a variable of its own because login shells of most systems set PATH anew.
 */
export function withToolsFolder(environment: Environment, own: NodeJS.ProcessEnv = process.env): Environment {
  const folder = own['GATEHOUSE_TOOLS_FOLDER'];
  if (!folder) return environment;
  return { ...environment, PATH: [environment['PATH'], folder].filter(Boolean).join(delimiter) };
}
