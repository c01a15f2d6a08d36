/** Alarms outside the tree: an item in the status bar, and one notification for each new alarm. */
import * as vscode from 'vscode';
import type { Alarm, WayOut } from '../../model/alarm.ts';
import type { Scenes } from '../scenes.ts';
import { alarmNodeId } from '../tree/alarm-nodes.ts';
import { escapeMarkdown } from '../tree/text.ts';
import { newAlarms, notificationWords, statusBarWords } from './words.ts';

/** More new alarms at once than these are one message: a lost data centre raises many. */
const toldSeparately = 3;

const waysOut: Record<WayOut['way'], { title: string; command: string }> = {
  'promote with token': { title: 'Promote with a Saved Token…', command: 'cnpg.promoteWithToken' },
  'withdraw promotion': { title: 'Withdraw Promotion…', command: 'cnpg.withdrawPromotion' },
};

/** @param reveal shows an alarm in the tree */
export function showAlarms(scenes: Scenes, reveal: (alarm: Alarm | undefined) => Promise<void>): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('cnpg.state', vscode.StatusBarAlignment.Left, 50);
  item.name = 'CloudNativePG';
  item.command = 'cnpg.replication.focus';
  let told: ReadonlySet<string> = new Set();

  function update(): void {
    const scene = scenes.current();
    const words = statusBarWords(scene);
    if (words) {
      item.text = words.text;
      item.tooltip = new vscode.MarkdownString(words.tooltip.map(escapeMarkdown).join('\n\n'));
      item.accessibilityInformation = { label: `CloudNativePG: ${words.text.replace(/^\$\(\w+\) /, '')}` };
      item.backgroundColor =
        words.severity === 'none' ? undefined : new vscode.ThemeColor(`statusBarItem.${words.severity}Background`);
      item.show();
    } else item.hide();
    const next = newAlarms(told, scene.judgement);
    told = next.told;
    if (next.fresh.length > toldSeparately) tell(next.fresh.map(({ title }) => title).join(', '), next.fresh[0]);
    else for (const alarm of next.fresh) tell(notificationWords(alarm), alarm);
  }

  function tell(words: string, alarm: Alarm | undefined): void {
    const show = alarm?.severity === 'warning' ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
    offer(show, words, alarm?.wayOut, 'Show', () => reveal(alarm));
  }

  // A click on an alarm in the tree, where its sentence is cut off. Not for the palette, hence not in the manifest.
  const more = vscode.commands.registerCommand('cnpg.tellAlarm', (node: { id?: string } | undefined) => {
    const alarm = scenes.current().judgement.alarms.find(each => alarmNodeId(each) === node?.id);
    if (!alarm) return;
    const words = `${notificationWords(alarm)} ${alarm.lookAt}`;
    offer(vscode.window.showInformationMessage, words, alarm.wayOut, 'Copy', () =>
      vscode.env.clipboard.writeText(words),
    );
  });
  update();
  return vscode.Disposable.from(item, more, scenes.onDidChange(update));
}

/** A message with the way out, where there is one, and another button. */
function offer(
  show: (words: string, ...buttons: string[]) => Thenable<string | undefined>,
  words: string,
  out: WayOut | undefined,
  other: string,
  act: () => Thenable<void>,
): void {
  const way = out && waysOut[out.way];
  void show(words, ...(way ? [way.title] : []), other).then(answer =>
    answer === way?.title
      ? way && vscode.commands.executeCommand(way.command, { address: out?.address })
      : answer && act(),
  );
}
