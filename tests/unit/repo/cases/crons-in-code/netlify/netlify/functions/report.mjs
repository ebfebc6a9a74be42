export default async (req) => { }
export const config = { schedule: "@daily" }
