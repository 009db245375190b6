export const setUp = {
  title: "Open your school",
  intro: "You are the first here. This account looks after people and courses.",
  make: "Create the administrator",
  already: "This school has been opened: somebody administers it. Sign in with your account. If nobody gets in any more, whoever runs the machine helps with “npm run mochila -- reset-password”.",
  used: "This link was used already or is not complete. Start the server again to get a new one, or run “npm run mochila -- set-up-link”.",
} as const;
