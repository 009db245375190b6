import { A } from "@solidjs/router";
import { type JSX, Show, splitProps } from "solid-js";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";

export type ButtonLook = "primary" | "soft" | "bare" | "alert";

const classOf: Record<ButtonLook, string> = { primary: "btn", soft: "btn btn-soft", bare: "btn btn-bare", alert: "btn btn-alert" };

interface ButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "class"> {
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  readonly wide?: boolean;
  readonly grow?: boolean;
  /** Work is going on: the icon turns, the words and the width stay. */
  readonly busy?: boolean;
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ["look", "icon", "wide", "grow", "busy", "children"]);
  return (
    <button type="button" {...rest} class={classOf[own.look ?? "primary"]} classList={{ "btn-wide": own.wide === true, grow: own.grow === true }} aria-busy={own.busy === true ? "true" : undefined}>
      <Show when={own.icon}>{(name) => <Icon name={name()} />}</Show>
      {own.children}
    </button>
  );
}

interface IconButtonProps extends Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "class" | "aria-label"> {
  readonly icon: IconName;
  /** What it does, for those who do not see the picture; also the tooltip. */
  readonly label: string;
  readonly edged?: boolean;
  readonly flip?: boolean;
}

export function IconButton(props: IconButtonProps) {
  const [own, rest] = splitProps(props, ["icon", "label", "edged", "flip"]);
  return (
    <button type="button" {...rest} class="btn btn-icon" classList={{ "btn-soft": own.edged === true }} aria-label={own.label} title={own.label}>
      <Icon name={own.icon} flip={own.flip === true} />
    </button>
  );
}

/** A place in the app that looks like a button. */
export const LinkButton = (props: { href: string; look?: ButtonLook; icon?: IconName; wide?: boolean; children: JSX.Element }) => (
  <A href={props.href} class={classOf[props.look ?? "soft"]} classList={{ "btn-wide": props.wide === true }}>
    <Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
    {props.children}
  </A>
);

export const LinkIconButton = (props: { href: string; icon: IconName; label: string; flip?: boolean }) => (
  <A href={props.href} class="btn btn-icon btn-soft" aria-label={props.label} title={props.label}>
    <Icon name={props.icon} flip={props.flip === true} />
  </A>
);
