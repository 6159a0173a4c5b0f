import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { readFlags } from '../command/flags.ts';
import { GATEWAY_FLAGS } from '../gateway/gateway-flags.ts';
import { configSchema } from './config-schema.ts';

export const configSchemaCommand: Command = {
  name: 'config schema',
  summary: 'print the JSON Schema of gatehouse.yaml',
  about: `Prints the JSON Schema (2020-12) of the config file. Editors that know YAML complete and check a file that begins
with

  # yaml-language-server: $schema=gatehouse.schema.json

where that is a file with what this prints.`,
  flags: {},
  exits: { 0: 'printed' },

  async run(words, context) {
    readFlags('config schema', words, {});
    context.print(JSON.stringify(configSchema(GATEWAY_FLAGS), null, 2));
    return exitCodes.done;
  },
};
