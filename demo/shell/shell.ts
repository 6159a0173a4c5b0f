import { BytePipe, type ByteSink, type ByteSource, readAll } from './byte-pipe.ts';
import { runCommand } from './commands.ts';
import { type ExpansionScope, expandWord } from './expand.ts';
import { FileError, resolvePath } from './file-tree.ts';
import { type Node, parseShell, ShellSyntaxError, type SimpleCommand } from './parse.ts';
import type { Machine } from './process.ts';

/** The streams of a shell or of a command in it. */
export interface Streams {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly signal: AbortSignal;
}

/** The script called `exit`. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

const shellNames = /^(?:\/(?:usr\/)?bin\/)?(?:sh|bash|ash|dash)$/;

/** A small POSIX-like shell over an imaginary machine: enough to look around in a demo pod. */
export class Shell {
  readonly #machine: Machine;
  readonly #variables: Record<string, string>;
  #folder: string;
  #lastCode = 0;

  constructor(machine: Machine, variables: Readonly<Record<string, string>>, folder = '/') {
    this.#machine = machine;
    this.#variables = { ...variables };
    this.#folder = folder;
  }

  /** Where it is, for the prompt. */
  get folder(): string {
    return this.#folder;
  }

  /** Runs a script to its end and gives the exit code; `exit` ends it. */
  async run(script: string, streams: Streams): Promise<{ code: number; exited: boolean }> {
    try {
      this.#lastCode = await this.#node(parseShell(script), streams);
      return { code: this.#lastCode, exited: false };
    } catch (error) {
      if (error instanceof Exit) return { code: error.code, exited: true };
      if (!(error instanceof ShellSyntaxError)) throw error;
      await streams.stderr.write(Buffer.from(`sh: syntax error: ${error.message}\n`));
      this.#lastCode = 2;
      return { code: 2, exited: false };
    }
  }

  /** Runs a program with its arguments as `exec` does: no expansion. */
  async execute(argv: readonly string[], streams: Streams): Promise<number> {
    const [name = '', ...args] = argv;
    try {
      if (shellNames.test(name)) return await this.#subshell(args, streams);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await streams.stderr.write(Buffer.from(`sh: can't open script: ${error.message}\n`));
      return 127;
    }
    return runCommand(name, {
      ...streams,
      machine: this.#machine,
      args,
      variables: this.#variables,
      folder: this.#folder,
    });
  }

  async #subshell(args: readonly string[], streams: Streams): Promise<number> {
    const shell = new Shell(this.#machine, this.#variables, this.#folder);
    const at = args.findIndex((argument) => /^-\w*c$/.test(argument));
    if (at >= 0) return (await shell.run(args[at + 1] ?? '', streams)).code;
    const file = args.find((argument) => !argument.startsWith('-'));
    if (file !== undefined) {
      return (await shell.run(this.#machine.files.read(resolvePath(this.#folder, file)).toString('utf8'), streams))
        .code;
    }
    return shell.readScript(streams);
  }

  /** Reads commands line by line from the input, as a shell without a terminal does. */
  async readScript(streams: Streams): Promise<number> {
    let script = '';
    for (;;) {
      const line = await streams.stdin.readLine();
      if (line === null) return script.trim() === '' ? this.#lastCode : (await this.run(script, streams)).code;
      script += `${line}\n`;
      if (isIncomplete(script)) continue;
      const { code, exited } = await this.run(script, streams);
      if (exited) return code;
      script = '';
    }
  }

  #scope(streams: Streams): ExpansionScope {
    return {
      variable: (name) => (name === '?' ? String(this.#lastCode) : name === '$' ? '42' : (this.#variables[name] ?? '')),
      substitute: async (script) => {
        const output = new BytePipe();
        const shell = new Shell(this.#machine, this.#variables, this.#folder);
        const running = shell.run(script, { ...streams, stdout: output }).finally(() => output.end());
        const text = (await readAll(output)).toString('utf8');
        await running;
        return text;
      },
    };
  }

  async #node(node: Node, streams: Streams): Promise<number> {
    if (streams.signal.aborted) return 130;
    switch (node.type) {
      case 'list':
        return this.#list(node, streams);
      case 'pipeline': {
        const code = await this.#pipeline(node.stages, streams);
        return node.negated ? Number(code === 0) : code;
      }
      case 'while': {
        let code = 0;
        while (((await this.#node(node.condition, streams)) === 0) !== node.until && !streams.signal.aborted) {
          code = await this.#node(node.body, streams);
          // A loop of commands that never wait must not hold up the process.
          await new Promise((resolve) => setImmediate(resolve));
        }
        return streams.signal.aborted ? 130 : code;
      }
      case 'for': {
        let code = 0;
        for (const word of node.words) {
          for (const value of await expandWord(word, this.#scope(streams))) {
            this.#variables[node.variable] = value;
            code = await this.#node(node.body, streams);
          }
        }
        return code;
      }
      case 'if':
        if ((await this.#node(node.condition, streams)) === 0) return this.#node(node.then, streams);
        return node.otherwise ? this.#node(node.otherwise, streams) : 0;
      default:
        return this.#command(node, streams);
    }
  }

  async #list(list: Extract<Node, { type: 'list' }>, streams: Streams): Promise<number> {
    let skip: '&&' | '||' | null = null;
    for (const { node, after } of list.items) {
      const skipped = (skip === '&&' && this.#lastCode !== 0) || (skip === '||' && this.#lastCode === 0);
      if (!skipped) this.#lastCode = await this.#node(node, streams);
      if (streams.signal.aborted) return 130;
      skip = after === ';' ? null : after;
    }
    return this.#lastCode;
  }

  async #pipeline(stages: readonly Node[], streams: Streams): Promise<number> {
    let stdin: ByteSource = streams.stdin;
    const running: Array<Promise<number>> = [];
    stages.forEach((stage, index) => {
      const last = index === stages.length - 1;
      const output = new BytePipe();
      const input = stdin;
      const shell = new Shell(this.#machine, this.#variables, this.#folder);
      const stageStreams = { ...streams, stdin: input, stdout: last ? streams.stdout : output };
      running.push(
        shell
          .#node(stage, stageStreams)
          .catch((error: unknown) => {
            if (error instanceof Exit) return error.code;
            throw error;
          })
          .finally(() => {
            output.end();
            if (index > 0) input.break();
          }),
      );
      stdin = output;
    });
    const codes = await Promise.all(running);
    return codes.at(-1) ?? 0;
  }

  async #command(command: SimpleCommand, streams: Streams): Promise<number> {
    const scope = this.#scope(streams);
    const raw = [...command.words];
    const assigned: Record<string, string> = {};
    while (/^[A-Za-z_]\w*=/.test(raw[0] ?? '')) {
      const [name = '', ...value] = (raw.shift() ?? '').split('=');
      assigned[name] = (await expandWord(value.join('='), scope)).join(' ');
    }
    const words: string[] = [];
    for (const word of raw) words.push(...(await expandWord(word, scope)));
    if (words.length === 0) {
      Object.assign(this.#variables, assigned);
      return 0;
    }
    try {
      const redirected = await this.#redirected(command, streams, scope);
      return await this.#builtin(words, assigned, redirected);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await streams.stderr.write(Buffer.from(`sh: ${error.message}\n`));
      return 1;
    }
  }

  async #builtin(words: readonly string[], assigned: Record<string, string>, streams: Streams): Promise<number> {
    const [name = '', ...args] = words;
    if (name === 'exit') throw new Exit(args[0] === undefined ? this.#lastCode : Number(args[0]) & 255);
    if (name === 'cd') return this.#changeFolder(args[0] ?? '/root', streams);
    if (name === 'export') {
      for (const argument of args) {
        const [variable = '', ...value] = argument.split('=');
        if (value.length > 0) this.#variables[variable] = value.join('=');
      }
      return 0;
    }
    if (name === 'exec' && args.length > 0) throw new Exit(await this.execute(args, streams));
    if (shellNames.test(name)) return this.#subshell(args, streams);
    const variables = { ...this.#variables, ...assigned };
    return runCommand(name, { ...streams, machine: this.#machine, args, variables, folder: this.#folder });
  }

  async #changeFolder(path: string, streams: Streams): Promise<number> {
    const target = resolvePath(this.#folder, path);
    if (this.#machine.files.isFolder(target)) {
      this.#folder = target;
      return 0;
    }
    await streams.stderr.write(Buffer.from(`sh: cd: can't cd to ${path}: No such file or directory\n`));
    return 1;
  }

  async #redirected(command: SimpleCommand, streams: Streams, scope: ExpansionScope): Promise<Streams> {
    let { stdin, stdout, stderr } = streams;
    for (const redirect of command.redirects) {
      if (redirect.to === '&1') stderr = stdout;
      else if (redirect.to === '&2') stdout = stderr;
      else {
        const path = resolvePath(this.#folder, (await expandWord(redirect.to, scope)).join(' '));
        if (redirect.stream === 0) {
          stdin = pipeOf(this.#machine.files.read(path));
        } else {
          this.#machine.files.write(path, Buffer.alloc(0), redirect.append);
          const sink: ByteSink = {
            write: async (bytes) => {
              this.#machine.files.write(path, bytes, true);
              return true;
            },
          };
          if (redirect.stream === 1) stdout = sink;
          else stderr = sink;
        }
      }
    }
    return { ...streams, stdin, stdout, stderr };
  }
}

function pipeOf(bytes: Buffer): BytePipe {
  const pipe = new BytePipe();
  pipe.unread(bytes);
  pipe.end();
  return pipe;
}

/** Whether more lines are needed to make a whole command. */
export function isIncomplete(script: string): boolean {
  try {
    parseShell(script);
    return false;
  } catch (error) {
    return error instanceof ShellSyntaxError && error.incomplete;
  }
}
