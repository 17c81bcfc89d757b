/* Which fields are structured, and how (RFC 5322 section 3.6, the registry of RFC 4021, and names
 * that are common without being registered). All others are text. */
#include "convert_field_inside.h"

static const struct {
    const char *name; /* one that ends in "-" begins many */
    enum downgrade_field field;
} fields[] = {
    {"apparently-to", DOWNGRADE_ADDRESSES},
    {"approved", DOWNGRADE_ADDRESSES},
    {"arc-", DOWNGRADE_COMMENTS},
    {"archived-at", DOWNGRADE_URIS},
    {"authentication-results", DOWNGRADE_COMMENTS},
    {"auto-submitted", DOWNGRADE_PARAMETERS},
    {"bcc", DOWNGRADE_ADDRESSES},
    {"cc", DOWNGRADE_ADDRESSES},
    {"content-disposition", DOWNGRADE_PARAMETERS},
    {"content-id", DOWNGRADE_COMMENTS},
    {"content-language", DOWNGRADE_COMMENTS},
    {"content-location", DOWNGRADE_URIS},
    {"content-md5", DOWNGRADE_COMMENTS},
    {"content-transfer-encoding", DOWNGRADE_COMMENTS},
    {"content-type", DOWNGRADE_PARAMETERS},
    {"date", DOWNGRADE_COMMENTS},
    {"deferred-delivery", DOWNGRADE_COMMENTS},
    {"delivered-to", DOWNGRADE_ADDRESSES},
    {"delivery-date", DOWNGRADE_COMMENTS},
    {"disposition-notification-options", DOWNGRADE_COMMENTS},
    {"disposition-notification-to", DOWNGRADE_ADDRESSES},
    {"dkim-signature", DOWNGRADE_COMMENTS},
    {"domainkey-signature", DOWNGRADE_COMMENTS},
    {"envelope-to", DOWNGRADE_ADDRESSES},
    {"errors-to", DOWNGRADE_ADDRESSES},
    {"expires", DOWNGRADE_COMMENTS},
    {"expiry-date", DOWNGRADE_COMMENTS},
    {"from", DOWNGRADE_ADDRESSES},
    {"generate-delivery-report", DOWNGRADE_COMMENTS},
    {"in-reply-to", DOWNGRADE_PHRASES},
    {"keywords", DOWNGRADE_PHRASES},
    {"list-archive", DOWNGRADE_URIS},
    {"list-help", DOWNGRADE_URIS},
    {"list-id", DOWNGRADE_PHRASES},
    {"list-owner", DOWNGRADE_URIS},
    {"list-post", DOWNGRADE_URIS},
    {"list-subscribe", DOWNGRADE_URIS},
    {"list-unsubscribe", DOWNGRADE_URIS},
    {"list-unsubscribe-post", DOWNGRADE_COMMENTS},
    {"mail-followup-to", DOWNGRADE_ADDRESSES},
    {"mail-reply-to", DOWNGRADE_ADDRESSES},
    {"message-id", DOWNGRADE_COMMENTS},
    {"mime-version", DOWNGRADE_COMMENTS},
    {"original-message-id", DOWNGRADE_COMMENTS},
    {"original-recipient", DOWNGRADE_COMMENTS},
    {"received", DOWNGRADE_RECEIVED},
    {"received-spf", DOWNGRADE_COMMENTS},
    {"references", DOWNGRADE_PHRASES},
    {"reply-by", DOWNGRADE_COMMENTS},
    {"reply-to", DOWNGRADE_ADDRESSES},
    {"require-recipient-valid-since", DOWNGRADE_COMMENTS},
    {"resent-bcc", DOWNGRADE_ADDRESSES},
    {"resent-cc", DOWNGRADE_ADDRESSES},
    {"resent-date", DOWNGRADE_COMMENTS},
    {"resent-from", DOWNGRADE_ADDRESSES},
    {"resent-message-id", DOWNGRADE_COMMENTS},
    {"resent-reply-to", DOWNGRADE_ADDRESSES},
    {"resent-sender", DOWNGRADE_ADDRESSES},
    {"resent-to", DOWNGRADE_ADDRESSES},
    {"return-path", DOWNGRADE_ADDRESSES},
    {"return-receipt-to", DOWNGRADE_ADDRESSES},
    {"sender", DOWNGRADE_ADDRESSES},
    {"supersedes", DOWNGRADE_COMMENTS},
    {"to", DOWNGRADE_ADDRESSES},
    {"x-confirm-reading-to", DOWNGRADE_ADDRESSES},
    {"x-content-disposition", DOWNGRADE_PARAMETERS},
    {"x-content-type", DOWNGRADE_PARAMETERS},
    {"x-envelope-from", DOWNGRADE_ADDRESSES},
    {"x-envelope-to", DOWNGRADE_ADDRESSES},
    {"x-failed-recipients", DOWNGRADE_ADDRESSES},
    {"x-forwarded-for", DOWNGRADE_ADDRESSES},
    {"x-forwarded-to", DOWNGRADE_ADDRESSES},
    {"x-original-from", DOWNGRADE_ADDRESSES},
    {"x-original-to", DOWNGRADE_ADDRESSES},
    {"x-sender", DOWNGRADE_ADDRESSES},
};

enum downgrade_field
downgrade_field_of(struct slice name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice known = slice_of(fields[i].name);
        bool many = known.at[known.len - 1] == '-';

        if (many ? slice_starts_nocase(name, known) : slice_equal_nocase(name, known))
            return fields[i].field;
    }
    return DOWNGRADE_TEXT;
}
