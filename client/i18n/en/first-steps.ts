export const firstSteps = {
  title: "First steps for your school",
  course: "Begin a course",
  courseHint: "A title is enough; only who teaches sees it until you publish.",
  people: "Bring in who teaches and who studies",
  peopleHint: "All at once from a table, into the course too. You see first what it would do.",
  enrol: "See who is in the course",
  enrolHint: "Add who is missing, or show the class a code.",
  publish: "Write a page and publish the course",
  publishHint: "From then on its students have it, also without a connection.",
} as const;
