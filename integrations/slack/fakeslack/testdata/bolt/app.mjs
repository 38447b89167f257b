// A small app of @slack/bolt. It talks to the Slack at SLACK_URL, by Socket Mode
// when APP_TOKEN is set and by HTTP otherwise, and prints one line of JSON for
// each thing that it hears: {"heard": ..., ...}.
import bolt from '@slack/bolt';

const { App, LogLevel, HTTPReceiver } = bolt;
const { SLACK_URL, APP_TOKEN, BOT_TOKEN, SIGNING_SECRET } = process.env;
const say = (heard, more) => console.log(JSON.stringify({ heard, ...more }));
const common = { token: BOT_TOKEN, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl: SLACK_URL + '/api/' } };
const receiver = APP_TOKEN ? undefined : new HTTPReceiver({ signingSecret: SIGNING_SECRET, logLevel: LogLevel.ERROR });
const app = APP_TOKEN ? new App({ ...common, appToken: APP_TOKEN, socketMode: true }) : new App({ ...common, receiver });

app.error(async (err) => say('error', { text: err.message, code: err.code, original: String(err.original || '') }));

app.message('hello', async ({ message, say: post, body }) => {
  say('message', { user: message.user, channel: message.channel, kind: message.channel_type, event: body.event_id, team: body.authorizations[0].team_id });
  await post({
    text: 'Hello', thread_ts: message.ts, metadata: { event_type: 'greeting', event_payload: { key: 'g1' } },
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: 'Hello <@' + message.user + '>' }, accessory: { type: 'overflow', action_id: 'more', options: [{ text: { type: 'plain_text', text: 'Later' }, value: 'later' }] } },
      { type: 'actions', block_id: 'row', elements: [{ type: 'button', action_id: 'claim', text: { type: 'plain_text', text: "I'm on it" }, value: 'n1', style: 'primary' }, { type: 'users_select', action_id: 'whom', placeholder: { type: 'plain_text', text: 'Who?' } }] },
    ],
  });
});

app.event('app_mention', async ({ event }) => say('mention', { text: event.text }));
app.event('reaction_added', async ({ event, client }) => {
  await client.reactions.add({ channel: event.item.channel, timestamp: event.item.ts, name: 'white_check_mark' });
  say('reaction', { emoji: event.reaction });
});
app.event('member_joined_channel', async ({ event }) => say('joined', { user: event.user, channel: event.channel }));
app.event('channel_rename', async ({ event }) => say('renamed', { name: event.channel.name }));

app.command('/andon', async ({ command, ack, client, respond }) => {
  if (command.text === 'modal') {
    await ack();
    const opened = await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal', callback_id: 'ticket', title: { type: 'plain_text', text: 'Create ticket' }, submit: { type: 'plain_text', text: 'Create' }, private_metadata: 'meta', notify_on_close: true,
        blocks: [
          { type: 'input', block_id: 'summary', label: { type: 'plain_text', text: 'Summary' }, element: { type: 'plain_text_input', action_id: 'v' } },
          { type: 'input', block_id: 'level', optional: true, label: { type: 'plain_text', text: 'Level' }, element: { type: 'static_select', action_id: 'v', options: [{ text: { type: 'plain_text', text: 'High' }, value: 'high' }] } },
        ],
      },
    });
    say('opened', { view: opened.view.id });
    return;
  }
  await ack({ text: 'you said ' + command.text });
  await respond({ text: 'and again', response_type: 'in_channel' });
  say('command', { text: command.text, user: command.user_name });
});

app.action('claim', async ({ ack, action, body, respond }) => {
  await ack();
  await respond({ text: body.user.username + ' is on it', replace_original: true });
  say('claim', { value: action.value, user: body.user.id, ts: body.message.ts, key: body.message.metadata.event_payload.key });
});
app.action('whom', async ({ ack, action, body }) => { await ack(); say('whom', { user: action.selected_user, state: body.state.values.row.whom.selected_user }); });
app.action('more', async ({ ack, action }) => { await ack(); say('more', { value: action.selected_option.value }); });

app.view('ticket', async ({ ack, view, body }) => {
  const text = view.state.values.summary.v.value;
  if (text === 'bad') {
    await ack({ response_action: 'errors', errors: { summary: 'Say more.' } });
  } else if (text === 'more') {
    await ack({ response_action: 'update', view: { type: 'modal', callback_id: 'ticket', title: { type: 'plain_text', text: 'Once more' }, submit: { type: 'plain_text', text: 'Go' }, blocks: [{ type: 'input', block_id: 'summary', label: { type: 'plain_text', text: 'Summary' }, element: { type: 'plain_text_input', action_id: 'v' } }] } });
  } else {
    await ack();
  }
  say('submitted', { text, user: body.user.id, meta: view.private_metadata, level: view.state.values.level?.v.selected_option?.value });
});
app.view({ callback_id: 'ticket', type: 'view_closed' }, async ({ ack, body }) => { await ack(); say('closed', { cleared: body.is_cleared }); });

app.shortcut('raise', async ({ ack, shortcut }) => { await ack(); say('shortcut', { kind: shortcut.type, text: shortcut.message?.text }); });

app.event('app_home_opened', async ({ event, client }) => {
  const home = await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Your signals' } }] } });
  say('home', { tab: event.tab, view: home.view.type });
});

app.event('file_shared', async ({ event, client }) => {
  const info = await client.files.info({ file: event.file_id });
  say('file', { name: info.file.name, first: info.file.mimetype, then: (await client.files.info({ file: event.file_id })).file.mimetype });
});
app.event('channel_archive', async ({ client, event }) => {
  await client.filesUploadV2({ channel_id: 'C2', filename: 'path.png', file: Buffer.from('a picture'), alt_text: 'a path', title: 'Path' });
  const who = await client.conversations.members({ channel: event.channel });
  const refused = await client.chat.postMessage({ channel: 'C2', text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }).catch((err) => err.data);
  say('archived', { members: who.members.length, refused: refused.error, why: refused.response_metadata?.messages?.[0] });
});

await app.start(0);
say('ready', { port: APP_TOKEN ? 0 : receiver.server?.address()?.port });
// It ends with the one who started it.
process.stdin.on('end', () => process.exit(0)).resume();
