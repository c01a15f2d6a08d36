/** A log as a terminal of its own: it follows, and keys filter, pause and turn it into a document. */
import * as vscode from 'vscode';
import type { LogBuffer, LogFilter } from '../model/log-buffer.ts';
import { filterWords, isWanted } from '../model/log-buffer.ts';
import type { LogLine } from '../model/log-line.ts';
import { clockTime, longestLevel } from '../model/log-line.ts';

export interface LogTerminal extends vscode.Disposable {
  readonly terminal: vscode.Terminal;
  /** After lines were added to the buffer. */
  update(): void;
  /** A line of ours between those of the log. */
  note(text: string): void;
  show(): void;
}

export interface LogTerminalOptions {
  /** `cluster-eu logs (eu)` */
  name: string;
  buffer: LogBuffer;
  /** Instances whose lines may come: one needs no column. */
  instances: () => readonly string[];
  /** Asks the user; `undefined`: nothing changes. */
  ask: (about: keyof LogFilter, filter: LogFilter) => Promise<LogFilter | undefined>;
  openDocument: (filter: LogFilter) => void;
  closed: () => void;
}

/** Lines written when a filter changes: VS Code keeps a thousand of a terminal unless told otherwise. */
const shownAnew = 5000;

const help: readonly string[] = [
  'Space pause',
  'l level',
  'g logger',
  'i instance',
  '/ text',
  'c clear filters',
  'd open as document',
  'q close',
  '? these keys',
];
/** Columns of a terminal that has not said its size. */
const usualWidth = 80;

/** Lines of at most that many columns, broken between the parts. */
function wrapped(parts: readonly string[], columns: number): string[] {
  return parts.reduce<string[]>((lines, part) => {
    const line = lines.at(-1);
    const longer = line === undefined ? part : `${line} · ${part}`;
    return line === undefined || longer.length > columns ? [...lines, part] : [...lines.slice(0, -1), longer];
  }, []);
}

export function createLogTerminal(options: LogTerminalOptions): LogTerminal {
  const { buffer, name } = options;
  const output = new vscode.EventEmitter<string>();
  const renamed = new vscode.EventEmitter<string>();
  const ended = new vscode.EventEmitter<void>();
  let filter: LogFilter = {};
  let paused = false;
  let written = 0;
  let isOpen = false;
  let width = usualWidth;

  const print = (...lines: string[]): void => {
    if (lines.length > 0) output.fire(lines.map(line => `${line}\r\n`).join(''));
  };
  const nameWidth = (): number =>
    Math.max(0, ...(options.instances().length < 2 ? [] : options.instances()).map(i => i.length));

  function head(): void {
    print(dim(`${name}, times in UTC.`), ...wrapped(help, width).map(dim));
    const words = filterWords(filter);
    if (words !== '') print(dim(`Only ${words}.`));
    if (options.instances().length === 0) print(dim('No instance has a pod now. Its log is followed when it has one.'));
  }

  function update(): void {
    if (!isOpen || paused) return;
    const { lines, dropped } = buffer.since(written);
    written = buffer.added();
    if (dropped > 0) print(dim(`… ${dropped} lines came and went meanwhile.`));
    const names = nameWidth();
    print(...lines.filter(line => isWanted(line, filter)).map(line => colouredLine(line, names)));
  }

  function rewrite(): void {
    output.fire('\u001b[2J\u001b[3J\u001b[H');
    head();
    const names = nameWidth();
    const lines = buffer.lines().filter(line => isWanted(line, filter));
    written = buffer.added();
    print(...lines.slice(-shownAnew).map(line => colouredLine(line, names)));
    if (lines.length === 0) print(dim('No line is like that so far.'));
    entitle();
  }

  function entitle(): void {
    const states = [paused ? 'paused' : '', filterWords(filter)].filter(Boolean).join(', ');
    renamed.fire(states === '' ? name : `${name}: ${states}`);
  }

  function pause(): void {
    paused = !paused;
    if (paused) print(dim('Paused. Space goes on.'));
    else update();
    entitle();
  }

  async function ask(about: keyof LogFilter): Promise<void> {
    const next = await options.ask(about, filter);
    if (!next) return;
    filter = next;
    rewrite();
  }

  const keys: Record<string, () => void> = {
    ' ': pause,
    l: () => void ask('level'),
    g: () => void ask('logger'),
    i: () => void ask('instance'),
    '/': () => void ask('text'),
    c: () => {
      filter = {};
      rewrite();
    },
    d: () => options.openDocument(filter),
    q: () => ended.fire(),
    '?': () => print(...wrapped(help, width).map(dim)),
  };

  const terminal = vscode.window.createTerminal({
    name,
    iconPath: new vscode.ThemeIcon('output'),
    isTransient: true,
    pty: {
      onDidWrite: output.event,
      onDidChangeName: renamed.event,
      onDidClose: ended.event,
      open(size: vscode.TerminalDimensions | undefined) {
        isOpen = true;
        width = size?.columns ?? usualWidth;
        head();
        update();
      },
      setDimensions: ({ columns }: vscode.TerminalDimensions) => void (width = columns),
      close: () => options.closed(),
      handleInput: (key: string) => keys[key]?.(),
    },
  });
  return {
    terminal,
    update,
    note: text => isOpen && print(dim(`── ${text}`)),
    show: () => terminal.show(),
    dispose: () => vscode.Disposable.from(terminal, output, renamed, ended).dispose(),
  };
}

const escape = (codes: string, text: string): string => `\u001b[${codes}m${text}\u001b[0m`;
const dim = (text: string): string => escape('2', text);

const colours: Record<LogLine['level'], string> = { debug: '2', info: '32', warning: '33', error: '31' };

/** The text of a line has no control characters any more; all that stand here are ours. */
function colouredLine({ at, instance, level, logger, text }: LogLine, width: number): string {
  return [
    dim(clockTime(at)),
    ...(width === 0 ? [] : [escape(`3${instanceColour(instance)}`, instance.padEnd(width))]),
    escape(colours[level], level.padEnd(longestLevel)),
    ...(logger === '' ? [] : [dim(`${logger}:`)]),
    level === 'error' ? escape(colours.error, text) : text,
  ].join(' ');
}

/** One of blue, magenta and cyan: they say nothing about how bad it is. */
const instanceColour = (instance: string): number => 4 + ((Number(/\d+$/.exec(instance)?.[0] ?? 0) + 2) % 3);
