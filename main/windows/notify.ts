import { Notification } from 'electron';

/** Shows a notification of the system's own; null where it has none. */
export function notify(words: { readonly title: string; readonly body: string }, clicked: () => void) {
  if (!Notification.isSupported()) return null;
  const notification = new Notification(words);
  notification.on('click', clicked);
  notification.show();
  return notification;
}
