/* Which fields are structured, and how (RFC 5322 section 3.6, the registry of RFC 4021, and names
 * that are common without being registered). All others are text. */
#include "convert_field_inside.h"

static const struct {
    const char *name; /* one that ends in "-" begins many */
    enum convert_kind field;
} fields[] = {
    {"apparently-to", CONVERT_ADDRESSES},
    {"approved", CONVERT_ADDRESSES},
    {"arc-", CONVERT_COMMENTS},
    {"archived-at", CONVERT_URIS},
    {"authentication-results", CONVERT_COMMENTS},
    {"auto-submitted", CONVERT_PARAMETERS},
    {"bcc", CONVERT_ADDRESSES},
    {"cc", CONVERT_ADDRESSES},
    {"content-disposition", CONVERT_PARAMETERS},
    {"content-id", CONVERT_COMMENTS},
    {"content-language", CONVERT_COMMENTS},
    {"content-location", CONVERT_URIS},
    {"content-md5", CONVERT_COMMENTS},
    {"content-transfer-encoding", CONVERT_COMMENTS},
    {"content-type", CONVERT_PARAMETERS},
    {"date", CONVERT_COMMENTS},
    {"deferred-delivery", CONVERT_COMMENTS},
    {"delivered-to", CONVERT_ADDRESSES},
    {"delivery-date", CONVERT_COMMENTS},
    {"disposition-notification-options", CONVERT_COMMENTS},
    {"disposition-notification-to", CONVERT_ADDRESSES},
    {"dkim-signature", CONVERT_COMMENTS},
    {"domainkey-signature", CONVERT_COMMENTS},
    {"envelope-to", CONVERT_ADDRESSES},
    {"errors-to", CONVERT_ADDRESSES},
    {"expires", CONVERT_COMMENTS},
    {"expiry-date", CONVERT_COMMENTS},
    {"from", CONVERT_ADDRESSES},
    {"generate-delivery-report", CONVERT_COMMENTS},
    {"in-reply-to", CONVERT_PHRASES},
    {"keywords", CONVERT_PHRASES},
    {"list-archive", CONVERT_URIS},
    {"list-help", CONVERT_URIS},
    {"list-id", CONVERT_PHRASES},
    {"list-owner", CONVERT_URIS},
    {"list-post", CONVERT_URIS},
    {"list-subscribe", CONVERT_URIS},
    {"list-unsubscribe", CONVERT_URIS},
    {"list-unsubscribe-post", CONVERT_COMMENTS},
    {"mail-followup-to", CONVERT_ADDRESSES},
    {"mail-reply-to", CONVERT_ADDRESSES},
    {"message-id", CONVERT_COMMENTS},
    {"mime-version", CONVERT_COMMENTS},
    {"original-message-id", CONVERT_COMMENTS},
    {"original-recipient", CONVERT_COMMENTS},
    {"received", CONVERT_RECEIVED},
    {"received-spf", CONVERT_COMMENTS},
    {"references", CONVERT_PHRASES},
    {"reply-by", CONVERT_COMMENTS},
    {"reply-to", CONVERT_ADDRESSES},
    {"require-recipient-valid-since", CONVERT_COMMENTS},
    {"resent-bcc", CONVERT_ADDRESSES},
    {"resent-cc", CONVERT_ADDRESSES},
    {"resent-date", CONVERT_COMMENTS},
    {"resent-from", CONVERT_ADDRESSES},
    {"resent-message-id", CONVERT_COMMENTS},
    {"resent-reply-to", CONVERT_ADDRESSES},
    {"resent-sender", CONVERT_ADDRESSES},
    {"resent-to", CONVERT_ADDRESSES},
    {"return-path", CONVERT_ADDRESSES},
    {"return-receipt-to", CONVERT_ADDRESSES},
    {"sender", CONVERT_ADDRESSES},
    {"supersedes", CONVERT_COMMENTS},
    {"to", CONVERT_ADDRESSES},
    {"x-confirm-reading-to", CONVERT_ADDRESSES},
    {"x-content-disposition", CONVERT_PARAMETERS},
    {"x-content-type", CONVERT_PARAMETERS},
    {"x-envelope-from", CONVERT_ADDRESSES},
    {"x-envelope-to", CONVERT_ADDRESSES},
    {"x-failed-recipients", CONVERT_ADDRESSES},
    {"x-forwarded-for", CONVERT_ADDRESSES},
    {"x-forwarded-to", CONVERT_ADDRESSES},
    {"x-original-from", CONVERT_ADDRESSES},
    {"x-original-to", CONVERT_ADDRESSES},
    {"x-sender", CONVERT_ADDRESSES},
};

enum convert_kind
convert_kind_of(struct slice name)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct slice known = slice_of(fields[i].name);
        bool many = known.at[known.len - 1] == '-';

        if (many ? slice_starts_nocase(name, known) : slice_equal_nocase(name, known))
            return fields[i].field;
    }
    return CONVERT_TEXT;
}
