-- Pages and attachments of articles. An attachment may belong to several articles (a department's and the
-- portal's copy link to one file); resources.root is the first one that led to it.
CREATE TABLE parts (
    root TEXT NOT NULL,                  -- address of the article
    address TEXT NOT NULL,               -- resources.address of the part
    ordinal INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (root, address)
) STRICT;
CREATE INDEX parts_by_address ON parts (address);
INSERT INTO parts (root, address, ordinal)
    SELECT root, address, ordinal FROM resources WHERE root IS NOT NULL AND root <> address;
