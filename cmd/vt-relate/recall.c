/* SPDX-License-Identifier: Apache-2.0 */
#include "recall.h"

#include <stdlib.h>

#include "json-write.h"

static bool take_not_found(struct relation *relation, struct cache_answer *answer)
{
	struct json_slice page;
	char *text = cache_next_page(answer, &page) ? json_string_dup(page) : NULL;
	if (text)
		relation_fail(relation, "NotFoundError", text);
	free(text);
	return text != NULL;
}

static bool take_tree(struct relation *relation, struct cache_answer *answer)
{
	struct json_slice page;
	if (!cache_next_page(answer, &page))
		return false;
	relation_take_tree(relation, page);
	return true;
}

/* As they came from VirusTotal; but what other settings would ask for in addition may not be there. */
static bool take_pages(struct relation *relation, struct cache_answer *answer)
{
	struct json_slice page;
	bool has_page;
	while ((has_page = cache_next_page(answer, &page)) && !relation_has_enough(relation)) {
		if (answer->kind == CACHE_DESCRIPTORS && !relation_descriptors_suffice(relation, page))
			return false;
		relation_take(relation, page);
	}
	if (answer->has_more && !has_page && !relation_has_enough(relation))
		return false;
	relation->told = answer->count;
	relation->is_cut = has_page || answer->has_more;
	relation->state = RELATION_DONE;
	return true;
}

bool recall_relation(struct cache *cache, struct relation *relation, int64_t first_submission)
{
	struct relation recalled;
	struct cache_answer answer;
	bool is_answered = false;
	cache_answer_init(&answer);
	relation_init(&recalled, relation->settings, relation->link, relation->file_id);
	if (cache_load(cache, relation->file_id, relation->link->link->name, first_submission, &answer))
		is_answered = answer.kind == CACHE_NOT_FOUND                  ? take_not_found(&recalled, &answer)
			      : relation->link->link->target == VT_LINK_MITRE ? take_tree(&recalled, &answer)
									      : take_pages(&recalled, &answer);
	cache_answer_release(&answer);
	if (is_answered) {
		relation_release(relation);
		*relation = recalled;
		relation->is_cached = true;
	} else {
		relation_release(&recalled);
	}
	return is_answered;
}

void recall_store(struct cache *cache, struct relation *relation, enum cache_kind kind)
{
	struct cache_answer *answer = &relation->answer;
	answer->kind = kind;
	answer->count = relation->told;
	answer->has_more = relation->is_cut;
	if (kind == CACHE_NOT_FOUND) {
		struct buf text;
		struct json_writer json;
		buf_init(&text, BUF_UNBOUNDED);
		json_writer_init(&json, &text);
		json_put_string(&json, relation->error_text);
		cache_add_page(cache, answer, (struct json_slice){text.data, text.len});
		buf_release(&text);
	}
	cache_store(cache, relation->file_id, relation->link->link->name, answer);
	cache_answer_release(answer);
}
