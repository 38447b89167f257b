package slack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTerminalErrors: what no repeating mends is told in a sentence that people
// understand, wherever it comes up: no code, nothing of the machinery.
func TestTerminalErrors(t *testing.T) {
	for code, want := range map[string]string{
		"channel_not_found": "does not exist", "is_archived": "archived", "not_in_channel": "not a member", "user_disabled": "switched off", "user_not_found": "no such person",
		"user_not_visible": "see this person", "cannot_dm_bot": "program", "restricted_action": "may not write", "messages_tab_disabled": "messages tab", "restricted_action_thread_locked": "locked",
		"ekm_access_denied": "administrator", "cannot_reply_to_message": "no replies", "thread_not_found": "thread", "msg_blocks_too_long": "longer", "invalid_blocks": "form",
		"method_not_supported_for_channel_type": "kind", "not_enough_users": "meet", "too_many_users": "too many", "not_enabled": "Home tab",
	} {
		_, p := told(t, map[string]map[string]string{
			"chat.postMessage": one(fmt.Sprintf(`{"ok":false,"error":%q}`, code)), "conversations.open": one(fmt.Sprintf(`{"ok":false,"error":%q}`, code)),
		})
		_, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
		f := failure(t, err)
		require.Contains(t, f.TerminalReason(), want, code)
		require.False(t, f.IsAmbiguous(), code)
		require.Contains(t, f.Error(), code, "the code is for the log")
		_, err = p.Together(t.Context(), []string{"slack/T1/U1", "slack/T1/U2"})
		require.Equal(t, f.TerminalReason(), failure(t, err).TerminalReason(), code)
		_, err = p.Post(t.Context(), "slack/T1/U1", card("k"))
		require.Equal(t, f.TerminalReason(), failure(t, err).TerminalReason(), code)
	}
	for code, reason := range terminal {
		require.NotContains(t, reason, code)
		require.NotContains(t, reason, "_", code)
		require.Greater(t, len(strings.Fields(reason)), 2, code)
	}
	for _, code := range []string{"internal_error", "ratelimited", "service_unavailable", "missing_scope", "invalid_auth", "something_new"} {
		require.Empty(t, terminal[code], code)
	}
}
