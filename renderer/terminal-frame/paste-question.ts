/**
 * Asks in this document, over the terminal, before several lines reach the shell: the main document around it neither sees
 * what is pasted nor can say yes.
 */
export function askToPaste(text: string): Promise<boolean> {
  const dialog = document.createElement('dialog');
  const title = Object.assign(document.createElement('h2'), {
    id: 'paste-title',
    textContent: `Paste ${text.split('\n').length} lines?`,
  });
  dialog.setAttribute('aria-labelledby', title.id);
  const preview = Object.assign(document.createElement('pre'), { textContent: text, tabIndex: 0 });
  const actions = Object.assign(document.createElement('form'), { method: 'dialog' });
  const paste = Object.assign(document.createElement('button'), {
    textContent: 'Paste',
    value: 'paste',
  });
  const cancel = Object.assign(document.createElement('button'), { textContent: 'Cancel', value: '' });
  paste.className = 'primary';
  actions.append(paste, cancel);
  dialog.append(title, preview, actions);
  document.body.append(dialog);
  dialog.showModal();
  paste.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'paste');
    });
  });
}
