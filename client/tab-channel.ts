/** What the tabs of this browser tell each other under one name. */
export interface TabChannel<Message> {
  readonly tell: (message: Message) => void;
  readonly close: () => void;
}

/** Once closed it tells nothing: work that is on its way when a person's space closes still ends, and says so. */
export function openTabChannel<Message>(name: string, heard: (message: Message) => void): TabChannel<Message> {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", (event: MessageEvent<Message>) => heard(event.data));
  let open = true;
  return {
    tell: (message) => void (open && channel.postMessage(message)),
    close: () => {
      open = false;
      channel.close();
    },
  };
}
