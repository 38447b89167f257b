package slack

const (
	readOnly   = "andon may not write in this channel"
	gone       = "the message is no longer there"
	tooLong    = "the message is longer than Slack takes"
	malformed  = "Slack does not take the form of the message"
	noPerson   = "Slack knows no such person"
	noDirect   = "andon cannot write to this person directly"
	noTogether = "Slack does not let these people meet in one direct message"
	noFile     = "the picture is no longer there"
	noHome     = "the app's Home tab is switched off"
)

// terminal are the errors that stay as they are however often it is tried, each
// with a sentence for people.
var terminal = map[string]string{
	"channel_not_found": "the channel does not exist, or andon is not allowed to see it",
	"not_in_channel":    "andon is not a member of the channel",
	"is_archived":       "the channel is archived",
	"user_disabled":     "the person's account is switched off",
	"account_inactive":  "the account is switched off",
	"user_not_found":    noPerson, "users_not_found": noPerson, "user_not_visible": "Slack does not let andon see this person",
	"cannot_dm_bot": "a program cannot be told anything", "messages_tab_disabled": noDirect + ": the app's messages tab is switched off",
	"method_not_supported_for_channel_type": "a conversation of this kind takes no messages of andon",

	"users_list_not_supplied": noPerson, "not_enough_users": noTogether + ": it takes two or more", "too_many_users": noTogether + ": they are too many",
	"invalid_user_combination": noTogether, "user_is_restricted": noTogether + ": one of them is a guest", "user_is_ultra_restricted": noTogether + ": one of them is a guest",
	"external_channel_migrating":              "the channel is being moved to another organisation",
	"slack_connect_file_link_sharing_blocked": "files may not be shared with the other organisation",

	"cant_leave_general": "nobody can leave this channel",
	"last_member":        "andon is the last one in the channel",

	"restricted_action": readOnly, "restricted_action_read_only_channel": readOnly, "restricted_action_non_threadable_channel": readOnly + " in threads",
	"restricted_action_thread_only_channel": readOnly + " outside of threads", "restricted_action_thread_locked": "the thread is locked",
	"ekm_access_denied": readOnly + ": an administrator has stopped it", "cannot_reply_to_message": "this message takes no replies",

	"message_not_found": gone, "thread_not_found": "the thread is no longer there", "file_not_found": noFile,
	"cant_update_message": "andon may not change this message", "edit_window_closed": "the message may no longer be changed",
	"cant_delete_message": "andon may not delete this message", "compliance_exports_prevent_deletion": "the workspace does not let messages be deleted",
	"cant_broadcast_message": "the reply cannot be shown in the channel too",

	"msg_too_long": tooLong, "msg_blocks_too_long": tooLong, "metadata_too_large": tooLong, "view_too_large": tooLong, "too_many_attachments": tooLong,
	"no_text": malformed, "invalid_blocks": malformed, "invalid_blocks_format": malformed, "invalid_metadata_format": malformed,
	"invalid_metadata_schema": malformed, "metadata_must_be_sent_from_app": malformed, "invalid_arguments": malformed,
	"invalid_attachments": malformed, "only_one_table_allowed": malformed,

	"not_enabled":        noHome,
	"expired_trigger_id": "the form could not be opened in time", "exchanged_trigger_id": "the form was opened already",
	"invalid_trigger_id": "the form could not be opened", "trigger_expired": "the form could not be opened in time", "trigger_exchanged": "the form was opened already",
	"used_url": "this can no longer be answered", "expired_url": "this can no longer be answered", "no_such_hook": "this can no longer be answered",
}
