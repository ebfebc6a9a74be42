import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';

// Credentials come from the role of the task or of Amplify's compute.
const ses = new SESv2Client({ region: process.env.AWS_REGION });

export async function sendEmail(to: string, subject: string, text: string) {
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: process.env.SES_FROM_EMAIL,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text } } } },
    }),
  );
}
