/* Only a page that is written anew needs it: see lib/html/feed_page.c. */
#include <qrencode.h>

#include "link/forward.h"

SMP_FORWARD_NOTE("qrencode", "QR codes on pages beside feeds")

SMP_FORWARD(QRcode *, return, QRcode_encodeData,
            (int size, const unsigned char *data, int version, QRecLevel level),
            (size, data, version, level))
SMP_FORWARD(void, , QRcode_free, (QRcode * code), (code))
