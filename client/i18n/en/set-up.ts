export const setUp = {
  title: "Open your school",
  intro: "You are the first here. This account looks after people and courses.",
  make: "Create the administrator",
  used: "This link was used already or is not complete. Start the server again to get a new one.",
  passwordHint: "At least {count} characters. A few words in a row are easy to remember.",
  passwordShort: { one: "The password needs at least {count} character.", other: "The password needs at least {count} characters." },
} as const;
